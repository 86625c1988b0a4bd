namespace NhiGrains.GraphQL.Transport.Limits;

/// <summary>What a selection set comes to with its fragments expanded. Sums saturate, since expansion is exponential.</summary>
internal readonly record struct Shape(int Depth, int Width, int Nodes, int Aliases, int IntrospectionLists, bool Pure)
{
    public static Shape Empty { get; } = new(0, 0, 0, 0, 0, Pure: true);

    public Shape Beside(Shape other) => new(
        Math.Max(Depth, other.Depth),
        Sum(Width, other.Width),
        Sum(Nodes, other.Nodes),
        Sum(Aliases, other.Aliases),
        Math.Max(IntrospectionLists, other.IntrospectionLists),
        Pure && other.Pure);

    /// <summary>A fragment's use or condition: a node of its own, and no level.</summary>
    public Shape Spread() => this with { Nodes = Sum(Nodes, 1) };

    public Shape Under(string field, bool aliased) => new(
        Sum(Depth, 1),
        Width: 1,
        Sum(Nodes, 1),
        Sum(Aliases, aliased ? 1 : 0),
        Sum(IntrospectionLists, field is "fields" or "interfaces" or "possibleTypes" or "inputFields" ? 1 : 0),
        field is "__schema" or "__type" or "__typename");

    private static int Sum(int a, int b) => (int)Math.Min((long)a + b, int.MaxValue);
}
