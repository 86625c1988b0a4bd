using System.Threading.RateLimiting;

namespace NhiGrains.Grains;

/// <summary>
/// How much one silo has under way at once. When thousands of grants end in the same second, each is taken in hand when its time
/// comes, and what it costs to end it is done a few at a time, first come first served: all at once would only keep each other
/// waiting, up to the time-outs of the calls between them.
/// </summary>
internal sealed class Turnstiles(TimeProvider time) : IDisposable
{
    public const int EndingsAtOnce = 32;
    public const int AttemptsAtOnce = 128;

    /// <summary>Beside the others, for those that take access away.</summary>
    private const int UrgentAtOnce = 32;

    /// <summary>How soon one that waits to give is known to take away by now. Each time costs a read of the store.</summary>
    private static readonly TimeSpan AskedAgain = TimeSpan.FromSeconds(10);

    private readonly ConcurrencyLimiter _endings = new(Unbounded(EndingsAtOnce));

    // One a platform: one that does not answer keeps nobody else waiting.
    private readonly PartitionedRateLimiter<string> _attempts = PerPlatform(AttemptsAtOnce);
    private readonly PartitionedRateLimiter<string> _urgent = PerPlatform(UrgentAtOnce);

    /// <summary>To store what time has changed of an identity. Disposing the lease lets the next one in.</summary>
    public ValueTask<RateLimitLease> Ending() => _endings.AcquireAsync();

    /// <summary>
    /// For an attempt to bring a platform in line. Who takes access away does not queue behind those who give it, and leaves their
    /// queue when what is wanted becomes less while they wait.
    /// </summary>
    /// <param name="ends">Whether the attempt takes access away; asked only when there is a queue.</param>
    public async ValueTask<RateLimitLease> Attempt(string platform, Func<Task<bool>> ends)
    {
        if (_attempts.AttemptAcquire(platform) is { IsAcquired: true } lease)
            return lease;
        using var left = new CancellationTokenSource();
        var waiting = _attempts.AcquireAsync(platform, 1, left.Token).AsTask();
        try
        {
            while (!waiting.IsCompleted && !await ends())
                await Task.WhenAny(waiting, Task.Delay(AskedAgain, time, left.Token));
        }
        catch
        {
            await Leave(waiting, left);
            throw;
        }

        return waiting.IsCompleted || await Leave(waiting, left) ? await waiting : await _urgent.AcquireAsync(platform);
    }

    /// <returns>Whether its turn came all the same.</returns>
    private static async Task<bool> Leave(Task<RateLimitLease> waiting, CancellationTokenSource left)
    {
        await left.CancelAsync();
        await waiting.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);
        return waiting.IsCompletedSuccessfully;
    }

    public void Dispose()
    {
        _endings.Dispose();
        _attempts.Dispose();
        _urgent.Dispose();
    }

    private static PartitionedRateLimiter<string> PerPlatform(int atOnce) => PartitionedRateLimiter.Create<string, string>(
        platform => RateLimitPartition.GetConcurrencyLimiter(platform, _ => Unbounded(atOnce)), StringComparer.Ordinal);

    private static ConcurrencyLimiterOptions Unbounded(int permits) =>
        new() { PermitLimit = permits, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };
}
