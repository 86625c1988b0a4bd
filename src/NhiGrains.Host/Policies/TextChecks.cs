using System.Buffers;
using NhiGrains.Domain.Identities;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What texts of a policy have to look like. Null is fine: it was told already, or need not be there.</summary>
internal sealed class TextChecks(PolicyProblems problems)
{
    private static readonly SearchValues<char> OfWords = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?[]{}$\\");

    public void Environment(string? text, Position at)
    {
        if (text is not null && (text.Length > 63 || text.AsSpan().ContainsAnyExcept(OfWords)))
            problems.Add(at, $"'{text}' is no environment: that is a lower-case word such as 'production'.");
    }

    public void Platform(string? text, Position at)
    {
        if (text is not null && Names.CheckPlatformId(text) is { } refusal)
            problems.Add(at, $"'{text}': {refusal.Message}");
    }

    // Paths are compared character by character: without the separator 'shop/configmaps/app' would reach 'app-secrets'.
    public void Prefix(string? text, Position at)
    {
        if (text is null)
            return;
        if (text.AsSpan().ContainsAny(Wildcards))
            problems.Add(at, "There are no wildcards; a prefix is the beginning of container/type/name.");
        else if (text is not [.., '/' or '-' or '.' or ':'])
            problems.Add(at, $"A prefix ends at a separator ('/', '-', '.' or ':'), so that 'team-a/' never matches 'team-ab'; write '{text}/'.");
    }

    /// <summary>The values of a list, each checked.</summary>
    public static string[]? Each(IReadOnlyList<YamlText>? texts, Action<string?, Position> check)
    {
        foreach (var text in texts ?? [])
            check(text.Value, text.At);
        return texts?.Select(text => text.Value).ToArray();
    }
}
