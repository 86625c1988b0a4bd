using System.Runtime.CompilerServices;
using GraphQL;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.GraphQL.Transport.Sockets;

namespace NhiGrains.GraphQL.Tests.Transport;

/// <summary>A schema with something of every kind that the transport must carry.</summary>
public sealed class SampleQuery
{
    public static string Hello(string? name = null) => $"Hello {name ?? "nobody"}";

    public static string WhoAmI(IResolveFieldContext context) => context.User?.Identity?.Name ?? "anonymous";

    public static SampleNode Node() => new();

    public static int Sum(IEnumerable<int> values) => values.Sum();

    public static SampleNode Nested(SampleInput input) => input.Inner is null ? new() : Nested(input.Inner);

    public static string Fails() => throw new InvalidOperationException("host db-7 refused the password hunter2");

    public static async Task<string> Slow(IResolveFieldContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return "never";
    }
}

public sealed class SampleNode
{
    public string Id => "1";

    public SampleNode Child() => this;

    public IEnumerable<SampleNode> Children() => [this];
}

public sealed class SampleInput
{
    public SampleInput? Inner { get; set; }
}

public sealed class SampleMutation
{
    public static int Add(int a, int b) => a + b;
}

public sealed class SampleSubscription
{
    /// <summary>At the pace of the client, as every source has to be: on a busy machine it would be closed as too slow otherwise.</summary>
    public static async IAsyncEnumerable<int> Count(int to, IResolveFieldContext context, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var flow = context.RequestServices!.GetRequiredService<SubscriptionFlow>(); // The transport always sets it.
        for (var number = 1; number <= to; number++)
        {
            await flow.TakeAsync(cancellation);
            yield return number;
        }
    }

    /// <summary>One event, and then silence.</summary>
    public static async IAsyncEnumerable<string> Wait([EnumeratorCancellation] CancellationToken cancellation)
    {
        Interlocked.Increment(ref SampleCounts.Followed);
        try
        {
            yield return "waiting";
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref SampleCounts.Followed);
        }
    }

    public static async IAsyncEnumerable<string> Breaks()
    {
        yield return "fine";
        await Task.Yield();
        throw new InvalidOperationException("host db-7 refused the password hunter2");
    }

    /// <summary>Large events at the pace of the client.</summary>
    public static async IAsyncEnumerable<string> Flood(IResolveFieldContext context, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var flow = context.RequestServices!.GetRequiredService<SubscriptionFlow>(); // The transport always sets it.
        var large = new string('x', 64 * 1024);
        for (; ; )
        {
            await flow.TakeAsync(cancellation);
            Interlocked.Increment(ref SampleCounts.Flooded);
            yield return large;
        }
    }

    /// <summary>The same, without minding the client.</summary>
    public static async IAsyncEnumerable<string> Reckless([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Yield();
            yield return new string('x', 64 * 1024);
        }
    }
}

internal static class SampleCounts
{
    /// <summary>Subscriptions of this process that were started and not yet ended.</summary>
    public static int Followed;

    /// <summary>Events that a source made for clients that set the pace.</summary>
    public static int Flooded;
}
