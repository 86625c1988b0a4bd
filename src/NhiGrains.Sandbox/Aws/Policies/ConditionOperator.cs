namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>How several values of a key in the request are taken together.</summary>
internal enum SetOperator
{
    None,
    ForAllValues,
    ForAnyValue,
}

/// <summary>A condition operator taken apart: <c>ForAnyValue:StringNotEqualsIfExists</c> is all four.</summary>
/// <param name="Comparison">Without negation: <c>StringEquals</c>.</param>
internal sealed record ConditionOperator(SetOperator Set, string Comparison, bool Negated, bool IfExists)
{
    private const string Presence = "Null";

    private static readonly Dictionary<string, (string Comparison, bool Negated)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["StringEquals"] = ("StringEquals", false),
        ["StringNotEquals"] = ("StringEquals", true),
        ["StringEqualsIgnoreCase"] = ("StringEqualsIgnoreCase", false),
        ["StringNotEqualsIgnoreCase"] = ("StringEqualsIgnoreCase", true),
        ["StringLike"] = ("StringLike", false),
        ["StringNotLike"] = ("StringLike", true),
        ["NumericEquals"] = ("NumericEquals", false),
        ["NumericNotEquals"] = ("NumericEquals", true),
        ["NumericLessThan"] = ("NumericLessThan", false),
        ["NumericLessThanEquals"] = ("NumericLessThanEquals", false),
        ["NumericGreaterThan"] = ("NumericGreaterThan", false),
        ["NumericGreaterThanEquals"] = ("NumericGreaterThanEquals", false),
        ["DateEquals"] = ("DateEquals", false),
        ["DateNotEquals"] = ("DateEquals", true),
        ["DateLessThan"] = ("DateLessThan", false),
        ["DateLessThanEquals"] = ("DateLessThanEquals", false),
        ["DateGreaterThan"] = ("DateGreaterThan", false),
        ["DateGreaterThanEquals"] = ("DateGreaterThanEquals", false),
        ["Bool"] = ("Bool", false),
        ["BinaryEquals"] = ("BinaryEquals", false),
        ["IpAddress"] = ("IpAddress", false),
        ["NotIpAddress"] = ("IpAddress", true),
        ["ArnEquals"] = ("ArnLike", false),
        ["ArnLike"] = ("ArnLike", false),
        ["ArnNotEquals"] = ("ArnLike", true),
        ["ArnNotLike"] = ("ArnLike", true),
        [Presence] = (Presence, false),
    };

    /// <summary>Asks whether the key is there at all.</summary>
    public bool AsksPresence => Comparison == Presence;

    /// <returns>Null for an operator that IAM does not have.</returns>
    public static ConditionOperator? Parse(string text)
    {
        var (set, rest) = text.Split(':', 2) switch
        {
            [var one] => (SetOperator.None, one),
            ["ForAllValues", var one] => (SetOperator.ForAllValues, one),
            ["ForAnyValue", var one] => (SetOperator.ForAnyValue, one),
            _ => (SetOperator.None, ""),
        };
        var ifExists = rest.EndsWith("IfExists", StringComparison.OrdinalIgnoreCase);
        var name = ifExists ? rest[..^"IfExists".Length] : rest;
        if (!Known.TryGetValue(name, out var known) || (known.Comparison == Presence && (ifExists || set != SetOperator.None)))
            return null;
        return new(set, known.Comparison, known.Negated, ifExists);
    }
}
