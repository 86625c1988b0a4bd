using System.Collections.Concurrent;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>
/// The way to a <see cref="MemoryPlatform"/>: each read and each single write is a request of its own, so that faults come
/// between them as they do on a network, and become what a client of a network makes of them.
/// </summary>
public sealed class MemoryWay : IFaultyWay
{
    private readonly ConcurrentQueue<PassedRequest> _passed = new();
    private readonly Injections _injections = new();

    public IReadOnlyCollection<PassedRequest> Passed => _passed;

    public IDisposable Inject(Fault fault, Func<PassedRequest, bool> when, int times = int.MaxValue) => _injections.Add(fault, when, times);

    internal Task PassAsync(PassedRequest request, Action carryOut, CancellationToken cancellation) => PassAsync(
        request,
        () =>
        {
            carryOut();
            return true;
        },
        cancellation);

    internal async Task<T> PassAsync<T>(PassedRequest request, Func<T> carryOut, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _passed.Enqueue(request);
        switch (_injections.Take(request))
        {
            case null:
                return carryOut();
            case Fault.Delay delay:
                await Task.Delay(delay.For, cancellation);
                return carryOut();
            case Fault.Answer { Status: 429 } throttled:
                throw new PlatformException(PlatformError.Throttled, "The platform asks to slow down.", retryAfter: throttled.RetryAfter);
            case Fault.Answer answer:
                throw new PlatformException(PlatformError.Unavailable, $"Something that is not the platform answered {answer.Status}.");
            case Fault.DropBefore:
                throw new PlatformException(PlatformError.Unavailable, "There was no answer.");
            default:
                carryOut();
                throw new PlatformException(PlatformError.Unavailable, "The answer did not arrive as a whole.");
        }
    }
}
