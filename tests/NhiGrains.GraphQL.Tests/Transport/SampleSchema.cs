using GraphQL;

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
