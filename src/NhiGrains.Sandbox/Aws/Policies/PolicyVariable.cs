namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>
/// A variable in a policy: <c>${aws:username}</c>, with a default <c>${aws:PrincipalTag/team, 'none'}</c>, or one of the three
/// characters that would mean something else, <c>${*}</c>, <c>${?}</c>, <c>${$}</c>.
/// </summary>
/// <param name="Length">Of the text from <c>$</c> to <c>}</c>.</param>
internal readonly record struct PolicyVariable(string Key, string? Default, int Length)
{
    /// <returns>Null where no variable begins.</returns>
    public static PolicyVariable? At(string text, int at)
    {
        if (!text.AsSpan(at).StartsWith("${"))
            return null;
        var end = text.IndexOf('}', at);
        if (end < 0)
            return null;
        var inside = text[(at + 2)..end];
        var comma = inside.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return new(inside.Trim(), null, end - at + 1);
        var given = inside[(comma + 1)..].Trim();
        if (given is not ['\'', .., '\''])
            return null;
        return new(inside[..comma].Trim(), given[1..^1], end - at + 1);
    }

    /// <returns>Null without a value and without a default.</returns>
    public string? Resolve(Func<string, string?> values) =>
        Key is "*" or "?" or "$" ? Key : values(Key) ?? Default;
}
