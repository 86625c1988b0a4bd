using System.Buffers;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What a rule looks at, from its map.</summary>
internal sealed class PolicyMatchReader(PolicyProblems problems)
{
    private static readonly SearchValues<char> OfWords = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?[]{}$\\");

    public PolicyMatch Read(YamlMap map)
    {
        var reader = new MapReader(map, "A match", problems);
        var match = new PolicyMatch(
            Kinds: reader.Choices<IdentityKind>("kinds"),
            Environments: Environments(reader),
            Tags: Tags(reader),
            Verbs: reader.Choices<Verb>("verbs"),
            Platforms: Platforms(reader),
            ResourcePrefix: ResourcePrefix(reader),
            LifetimeAtMost: reader.Lifetime("lifetimeAtMost"),
            Standing: reader.Flag("standing"));
        if (match is { Standing: true, LifetimeAtMost: not null })
            problems.Add(reader.At("lifetimeAtMost"), "Standing access has no lifetime, so this would match nothing.");
        reader.Finish();
        return match;
    }

    private string[]? Environments(MapReader reader)
    {
        var texts = reader.Texts("environments");
        foreach (var text in texts ?? [])
        {
            if (text.Value.Length > 63 || text.Value.AsSpan().ContainsAnyExcept(OfWords))
                problems.Add(text.At, $"'{text.Value}' is no environment: that is a lower-case word such as 'production'.");
        }

        return texts?.Select(text => text.Value).ToArray();
    }

    private string[]? Platforms(MapReader reader)
    {
        var texts = reader.Texts("platforms");
        foreach (var text in texts ?? [])
        {
            if (Names.CheckPlatformId(text.Value) is { } refusal)
                problems.Add(text.At, $"'{text.Value}': {refusal.Message}");
        }

        return texts?.Select(text => text.Value).ToArray();
    }

    private Dictionary<string, string>? Tags(MapReader reader)
    {
        if (reader.Map("tags") is not { } map)
            return null;
        if (map.Entries.Count == 0)
            problems.Add(map.At, "'tags' is empty; name at least one, or leave the key out.");
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Entries)
        {
            if (value is YamlText { IsNothing: false } text)
                tags[key.Value] = text.Value;
            else
                problems.Add(value.At, $"The value of the tag '{key.Value}' is a text, but this is {value.Is}.");
        }

        return tags;
    }

    // Paths are compared character by character: without the separator 'shop/configmaps/app' would reach 'app-secrets'.
    private string? ResourcePrefix(MapReader reader)
    {
        var prefix = reader.Text("resourcePrefix");
        if (prefix is null)
            return null;
        if (prefix.AsSpan().ContainsAny(Wildcards))
            problems.Add(reader.At("resourcePrefix"), "There are no wildcards; a prefix is the beginning of container/type/name.");
        else if (prefix is not [.., '/' or '-' or '.' or ':'])
            problems.Add(reader.At("resourcePrefix"), $"A prefix ends at a separator ('/', '-', '.' or ':'), so that 'team-a/' never matches 'team-ab'; write '{prefix}/'.");
        return prefix;
    }
}
