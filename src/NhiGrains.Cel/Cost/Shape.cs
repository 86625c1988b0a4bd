using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel.Cost;

/// <summary>How large a value can be: its own size, and the shape of the largest of its parts (null if it has none).</summary>
internal sealed record Shape(long Size, Shape? Part = null)
{
    public static Shape Scalar { get; } = new(1);

    /// <summary>The cost of reading the value to the bottom.</summary>
    public long DeepCost => Costs.Sum(1 + Costs.Walk(Size), Part is null ? 0 : Costs.Product(Size, Part.DeepCost));

    /// <summary>Of an attribute of the type whose strings and collections are all of the size.</summary>
    public static Shape Of(CelType type, long size) => type.Kind switch
    {
        CelKind.String or CelKind.Bytes => new(size),
        CelKind.List => new(size, Of(type.Parameters[0], size)),
        CelKind.Map => new(size, Larger(Of(type.Parameters[0], size), Of(type.Parameters[1], size))),
        CelKind.None => new(size, new Shape(size)), // Of dyn nothing is known: a collection of strings is assumed.
        _ => Scalar,
    };

    public static Shape Larger(Shape a, Shape b) => new(
        Math.Max(a.Size, b.Size),
        a.Part is null ? b.Part : b.Part is null ? a.Part : Larger(a.Part, b.Part));
}
