using System.Security.Claims;
using GraphQL;
using GraphQLParser.AST;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.GraphQL.Transport.Documents;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>One operation on a socket, from its <c>subscribe</c> to its <c>complete</c>.</summary>
internal sealed class SocketOperation(string id, SocketServices services, Outbox outbox, Action<SocketClosure> end) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _inFlight;

    /// <summary>The client does not want it any more; nothing is sent for it from now on.</summary>
    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in the meantime.
        }
    }

    public void Dispose() => _stop.Dispose();

    public async Task RunAsync(Operation operation, ClaimsPrincipal user)
    {
        // The reader goes on to the next message; an operation has its own thread.
        await Task.Yield();
        try
        {
            await using var scope = services.Scopes.CreateAsyncScope();
            var result = await services.Runner.RunAsync(operation, user, scope.ServiceProvider, _ => null, _stop.Token);
            if (result.Streams?.Values.SingleOrDefault() is { } stream)
                await FollowAsync(stream, scope.ServiceProvider.GetRequiredService<SubscriptionFlow>());
            else if (result.Executed && result.Operation?.Operation != OperationType.Subscription)
                Post("next", result);
            else
                throw new RefusedException(result.Errors ?? []);
            Post("complete", null);
        }
        catch (RefusedException refused)
        {
            Post("error", refused.Errors);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped by the client or by the end of the socket: neither wants an answer.
        }
    }

    private async Task FollowAsync(IObservable<ExecutionResult> stream, SubscriptionFlow flow)
    {
        var follower = new Follower(result => PostEvent(result, flow), services.Unexpected);
        using var subscription = stream.Subscribe(follower);
        await follower.Finished.WaitAsync(_stop.Token);
    }

    private void PostEvent(ExecutionResult result, SubscriptionFlow flow)
    {
        if (Interlocked.Increment(ref _inFlight) > services.Options.Sockets.MaxInFlight)
            end(SocketClosure.TooSlow);
        else
            Post("next", result, () =>
            {
                Interlocked.Decrement(ref _inFlight);
                flow.Return();
            });
    }

    private void Post(string type, object? payload, Action? sent = null)
    {
        if (!_stop.IsCancellationRequested)
            outbox.Post(services.Message(type, id, payload), sent);
    }

    private sealed class RefusedException(IEnumerable<ExecutionError> errors) : Exception
    {
        public ExecutionErrors Errors { get; } = [.. errors];
    }

    private sealed class Follower(Action<ExecutionResult> next, Errors.UnexpectedExceptions unexpected) : IObserver<ExecutionResult>
    {
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Finished => _finished.Task;

        public void OnNext(ExecutionResult value) => next(value);

        public void OnCompleted() => _finished.TrySetResult();

        public void OnError(Exception error) =>
            _finished.TrySetException(new RefusedException([error as ExecutionError ?? unexpected.Hide(error)]));
    }
}
