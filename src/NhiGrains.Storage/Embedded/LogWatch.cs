using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// Looks at the append-only file from time to time: has what is new in it covered, and says so when it has grown large, since
/// only a start makes it smaller.
/// </summary>
internal sealed class LogWatch : IAsyncDisposable
{
    private const int WarnAtTimes = 4;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly GarnetInstance _garnet;
    private readonly StoreHead _head;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;
    private long _warnAbove;

    public LogWatch(GarnetInstance garnet, StoreHead head, NhiStoreOptions options, TimeProvider time, ILogger logger)
    {
        (_garnet, _head, _logger, _timer) = (garnet, head, logger, new(LookEvery, time));
        _warnAbove = ((long)options.EmbeddedLogMegabytes << 20) * WarnAtTimes;
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                await _head.CoverAsync();
                var size = await _garnet.LogSizeAsync();
                if (size <= _warnAbove)
                    continue;
                _logger.LogWarning("The embedded store's log has {Size} MB; start the process anew to write it without its history", size >> 20);
                _warnAbove = size * 2;
            }
            catch (Exception fault) when (fault is RedisException or TimeoutException or IOException or StoreLostException)
            {
                _logger.LogWarning(fault, "The embedded store's log could not be looked at");
            }
        }
    }
}
