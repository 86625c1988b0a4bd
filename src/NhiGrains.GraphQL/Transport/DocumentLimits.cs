namespace NhiGrains.GraphQL.Transport;

/// <summary>
/// Bounds on a document. They hold before validation, whose cost grows with the square of the document: ten thousand
/// fields in 110 KB kept it busy for two minutes, and no time-out reached it.
/// </summary>
public sealed class DocumentLimits
{
    /// <summary>Fields within fields, through fragments. Default: 12.</summary>
    public int MaxDepth { get; set; } = 12;

    /// <summary>The same for a query of introspection alone; GraphiQL's own needs 15. Default: 20.</summary>
    public int MaxIntrospectionDepth { get; set; } = 20;

    /// <summary>Aliases, each counted as often as its fragment is used. Default: 30.</summary>
    public int MaxAliases { get; set; } = 30;

    /// <summary>Fields at the root of one operation, through fragments. Default: 20.</summary>
    public int MaxRootFields { get; set; } = 20;

    /// <summary>Selections in the whole document, each counted as often as its fragment is used. Default: 1,500.</summary>
    public int MaxNodes { get; set; } = 1_500;

    /// <summary>Pairs of fields with one response name, which validation compares one by one. Default: 5,000.</summary>
    public int MaxMergedPairs { get; set; } = 5_000;

    /// <summary>Fragments in one document. Default: 100.</summary>
    public int MaxFragments { get; set; } = 100;

    /// <summary>Operations in one document. Default: 20.</summary>
    public int MaxOperations { get; set; } = 20;

    /// <summary>Tokens, comments among them. Default: 10,000.</summary>
    public int MaxTokens { get; set; } = 10_000;

    /// <summary>Braces, brackets and parentheses within each other, as text. Default: 64.</summary>
    public int MaxNesting { get; set; } = 64;

    /// <summary>Characters of one name or number. Default: 256.</summary>
    public int MaxTokenLength { get; set; } = 256;

    /// <summary>Characters on one line of the document; values in variables do not count. Default: 10,000.</summary>
    public int MaxLineLength { get; set; } = 10_000;
}
