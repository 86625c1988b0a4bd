namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>From accesses to few statements: resources share one only when they have exactly the same actions, so that no cross product arises.</summary>
internal static class Merging
{
    public static IEnumerable<Statement> Merge(
        IEnumerable<Access> accesses, string source, string accountId, IReadOnlyList<(string Operator, string Key, IReadOnlyList<string> Values)> conditions) =>
        from narrowed in accesses.Distinct().GroupBy(access => (access.OwnerKey, access.Prefix))
        from same in narrowed
            .GroupBy(access => access.Arn, access => access.Action, StringComparer.Ordinal)
            .GroupBy(of => string.Join(' ', of.Order(StringComparer.Ordinal)), StringComparer.Ordinal)
        select new Statement(source, same.Key.Split(' '), [.. same.Select(of => of.Key)], [.. conditions, .. Owned(narrowed.Key.OwnerKey, accountId), .. Listed(narrowed.Key.Prefix)]);

    private static (string, string, IReadOnlyList<string>)[] Owned(string? key, string accountId) =>
        key is null ? [] : [("StringEquals", key, [accountId])];

    /// <summary>The caller has to list that prefix or one below it; who lists without any is refused, since the key is then absent.</summary>
    private static (string, string, IReadOnlyList<string>)[] Listed((string Key, string Prefix)? prefix) =>
        prefix is { } one ? [("StringLike", one.Key, [$"{one.Prefix}*"])] : [];
}
