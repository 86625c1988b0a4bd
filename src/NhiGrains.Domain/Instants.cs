namespace NhiGrains.Domain;

/// <summary>Ends, of which the earliest counts.</summary>
public static class Instants
{
    /// <param name="other">Null: it never comes.</param>
    public static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    /// <summary>The same when either may never come; null when neither does.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is { } at ? Earlier(at, other) : other;
}
