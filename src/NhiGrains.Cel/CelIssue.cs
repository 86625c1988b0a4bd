namespace NhiGrains.Cel;

/// <summary>What kind of mistake keeps an expression from becoming a program.</summary>
public enum CelIssueKind
{
    Syntax,
    TooLong,
    TooDeep,

    /// <summary>More nodes than <see cref="CelLimits.MaxNodes"/>.</summary>
    TooLarge,

    /// <summary>A number that does not fit into its type, or a regular expression that RE2 would not take.</summary>
    InvalidLiteral,

    /// <summary>A name that is neither a declared attribute nor a variable, type or function of the language.</summary>
    UndeclaredReference,

    /// <summary>No overload of the function or operator takes these types.</summary>
    NoMatchingOverload,

    /// <summary>Any other use of a value of the wrong type.</summary>
    Type,

    /// <summary>The estimate is above <see cref="CelLimits.MaxEstimatedCost"/>.</summary>
    TooCostly,

    /// <summary>A part that uses no attribute fails, and so in every evaluation; see <see cref="CelEnvironment.RefusesWhatAlwaysFails"/>.</summary>
    AlwaysFails,

    /// <summary>It depends on members of a list that cannot be told beforehand; see <see cref="CelEnvironment.MembersOf"/>.</summary>
    UnknownMembers,
}

/// <summary>A mistake in an expression, and where.</summary>
/// <param name="Message">In English, for the author of the expression.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in code points.</param>
public sealed record CelIssue(CelIssueKind Kind, string Message, int Line, int Column)
{
    /// <summary>For <see cref="CelIssueKind.AlwaysFails"/>: how it fails; null for any other.</summary>
    public CelErrorKind? Failure { get; init; }
}
