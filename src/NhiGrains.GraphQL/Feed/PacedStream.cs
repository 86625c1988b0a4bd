using NhiGrains.GraphQL.Transport.Sockets;

namespace NhiGrains.GraphQL.Feed;

/// <summary>A sequence as the stream of a subscription, at the pace of its client.</summary>
internal sealed class PacedStream<T>(Func<CancellationToken, IAsyncEnumerable<T>> source, SubscriptionFlow flow) : IObservable<object?>
    where T : class
{
    public IDisposable Subscribe(IObserver<object?> observer)
    {
        var following = new Following();
        _ = RunAsync(observer, following.Stopped);
        return following;
    }

    private async Task RunAsync(IObserver<object?> observer, CancellationToken stopped)
    {
        try
        {
            await foreach (var item in source(stopped))
            {
                await flow.TakeAsync(stopped);
                observer.OnNext(item);
            }

            observer.OnCompleted();
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception exception)
        {
            observer.OnError(exception);
        }
    }

    private sealed class Following : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public CancellationToken Stopped => _stop.Token;

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }
}
