using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Claims;
using GraphQL;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Transport.Http;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>One socket, from its upgrade to its close, in the protocol <c>graphql-transport-ws</c>.</summary>
internal sealed class SocketSession : IDisposable
{
    private static readonly byte[] Ack = """{"type":"connection_ack"}"""u8.ToArray();
    private static readonly byte[] Pong = """{"type":"pong"}"""u8.ToArray();

    // A timer reaches no further than seven weeks; a token may.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly WebSocket _socket;
    private readonly SocketServices _services;
    private readonly ClaimsPrincipal _upgradeUser;
    private readonly Outbox _outbox;
    private readonly TaskCompletionSource<SocketClosure> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, SocketOperation> _operations = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _abort = new();
    private readonly ITimer _timer;
    private bool _initAsked;
    private volatile ClaimsPrincipal? _user;
    private DateTimeOffset _expiresAt = DateTimeOffset.MaxValue;

    public SocketSession(WebSocket socket, ClaimsPrincipal upgradeUser, SocketServices services)
    {
        (_socket, _upgradeUser, _services) = (socket, upgradeUser, services);
        _outbox = new Outbox(socket, services.Options.Sockets, services.Time, End);
        _timer = services.Time.CreateTimer(_ => OnTimer(), null, services.Options.Sockets.InitTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The first reason counts.</summary>
    public void End(SocketClosure closure) => _end.TrySetResult(closure);

    public async Task RunAsync()
    {
        var sending = _outbox.RunAsync(_abort.Token);
        var receiving = ReceiveAsync();
        var closure = await _end.Task;
        foreach (var operation in _operations.Values)
            operation.Stop();
        _outbox.Close(closure);
        // Whoever does not take what is sent, or does not answer the close, is cut off.
        _abort.CancelAfter(_services.Options.Sockets.CloseTimeout);
        await Task.WhenAll(sending, receiving);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _abort.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var inbox = new Inbox(_socket);
        try
        {
            while (await inbox.ReceiveAsync(Limit, _abort.Token) is { } message)
                if (!_end.Task.IsCompleted && await HandleAsync(message) is { } closure)
                    End(closure);
            End(SocketClosure.Normal);
        }
        catch (Inbox.RefusedException refused)
        {
            End(refused.Closure);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            End(SocketClosure.Gone);
        }
        catch (Exception exception)
        {
            _services.Unexpected.Hide(exception);
            End(SocketClosure.Internal);
        }
    }

    private int Limit => _user is null ? _services.Options.Sockets.MaxInitBytes : _services.Options.MaxBodyBytes;

    private async ValueTask<SocketClosure?> HandleAsync(ReadOnlyMemory<byte> json)
    {
        var (message, refused) = ClientMessage.Read(json.Span);
        switch (message?.Type)
        {
            case "connection_init":
                return await InitAsync(message);
            case "ping":
                _outbox.Post(Pong);
                return null;
            case "pong":
                return null;
            case "subscribe":
                return Subscribe(message);
            case "complete" when _operations.TryRemove(message.Id ?? "", out var operation):
                operation.Stop();
                return null;
            case "complete":
                return null;
            default:
                return refused ?? SocketClosure.BadMessage("There is no such type of message");
        }
    }

    private async Task<SocketClosure?> InitAsync(ClientMessage message)
    {
        if (_initAsked)
            return SocketClosure.TooManyInits;
        _initAsked = true;
        var user = _upgradeUser;
        if (message.Token() is { } token)
        {
            if (_services.Authenticator is null || await _services.Authenticator.AuthenticateAsync(token, _abort.Token) is not { } caller)
                return SocketClosure.TokenRefused;
            user = caller;
        }

        if (_services.Options.RequireAuthenticatedUser && user.Identity is not { IsAuthenticated: true })
            return SocketClosure.Unauthorized;
        if (long.TryParse(user.FindFirst(NhiClaims.Expiry)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            _expiresAt = DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        _user = user;
        OnTimer();
        _outbox.Post(Ack);
        return null;
    }

    // Before the init it is the init's time that ran out; after it, the timer looks at the token again.
    private void OnTimer()
    {
        if (_user is null)
        {
            End(SocketClosure.InitTimeout);
            return;
        }

        var left = _expiresAt - _services.Time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            End(SocketClosure.TokenExpired);
        else
            _timer.Change(left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private SocketClosure? Subscribe(ClientMessage message)
    {
        if (_user is not { } user)
            return SocketClosure.Unauthorized;
        if (message is not { Id: { } id, Payload: { } payload })
            return SocketClosure.BadMessage("'id' and 'payload' are needed");
        var (read, refused) = OperationJson.Read(payload, _services.Serializer);
        if (read is null)
            return SocketClosure.BadMessage(refused?.Message ?? "'payload' must be an operation");
        if (_operations.Count >= _services.Options.Sockets.MaxOperations && !_operations.ContainsKey(id))
        {
            _outbox.Post(_services.Message("error", id, new ExecutionErrors { Refusals.TooManyOnSocket(_services.Options.Sockets.MaxOperations) }));
            return null;
        }

        var operation = new SocketOperation(id, _services, _outbox, End);
        if (!_operations.TryAdd(id, operation))
        {
            operation.Dispose();
            return SocketClosure.SubscriberExists;
        }

        // It cleans up after itself, and the socket does not wait for it.
        _ = RunAsync(id, operation, read, user);
        if (_end.Task.IsCompleted)
            operation.Stop();
        return null;
    }

    private async Task RunAsync(string id, SocketOperation operation, Documents.Operation read, ClaimsPrincipal user)
    {
        try
        {
            await operation.RunAsync(read, user);
        }
        catch (Exception exception)
        {
            _services.Unexpected.Hide(exception);
            End(SocketClosure.Internal);
        }
        finally
        {
            _operations.TryRemove(new(id, operation));
            operation.Dispose();
        }
    }
}
