namespace NhiGrains.Cel;

/// <summary>What an expression and one evaluation of it may take at most. Each limit is inclusive.</summary>
public sealed record CelLimits
{
    /// <summary>Code points of an expression; 16,384 by default.</summary>
    public int MaxLength { get; init; } = 16_384;

    /// <summary>Nesting of the tree, parentheses included; 200 by default, at least the specification's 32, at most 250.</summary>
    public int MaxDepth { get; init; } = 200;

    /// <summary>Nodes of the tree; 5,000 by default.</summary>
    public int MaxNodes { get; init; } = 5_000;

    /// <summary>
    /// The estimated cost at the worst, with which an expression is still accepted; a million by default. One is the cost of a
    /// simple step; see <see cref="CelProgram.EstimatedCost"/>.
    /// </summary>
    public long MaxEstimatedCost { get; init; } = 1_000_000;

    /// <summary>The cost at which an evaluation is stopped; a million by default.</summary>
    public long MaxCost { get; init; } = 1_000_000;

    /// <summary>
    /// The size that the estimate assumes of an attribute which declares none: characters of a string, octets, elements of a list
    /// or a map; 100 by default.
    /// </summary>
    public int AssumedSize { get; init; } = 100;

    /// <summary>Code points of a regular expression; 1,000 by default.</summary>
    public int MaxPatternLength { get; init; } = 1_000;
}
