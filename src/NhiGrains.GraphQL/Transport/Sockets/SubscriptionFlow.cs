using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>
/// Keeps a subscription's source at the pace of its client: the source takes a place before each event, and the place comes
/// back when the event is on the wire. Between the two lie execution and queues that would otherwise grow without bound.
/// </summary>
internal sealed class SubscriptionFlow(IOptions<GraphQLTransportOptions> options)
{
    // A channel and not a semaphore: it needs no disposal, and a place may come back after the subscription has ended.
    private readonly Channel<bool> _taken = Channel.CreateBounded<bool>(options.Value.Sockets.MaxInFlight);

    public ValueTask TakeAsync(CancellationToken cancellation) => _taken.Writer.WriteAsync(true, cancellation);

    public void Return() => _taken.Reader.TryRead(out _);
}
