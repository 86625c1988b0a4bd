using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>One rule from its map.</summary>
internal sealed class PolicyRuleReader(PolicyProblems problems)
{
    private static readonly string[] OfPermits = ["maxLifetime", "onlyVerbs", "allowControllerEnforcedEnd", "onlyExact", "bundle"];

    private readonly PolicyMatchReader _match = new(problems);

    /// <summary>Null when it has no name to go by; otherwise what could be read, even when something in it is wrong.</summary>
    public (PolicyRule Rule, Position NameAt)? Read(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"A rule is a map with the keys name, effect and match, but this is {node.Is}.");
            return null;
        }

        var reader = new MapReader(map, "A rule", problems);
        var name = reader.RequiredText("name");
        var effect = reader.Choice<PolicyEffect>("effect");
        var rule = new PolicyRule(
            name ?? "",
            effect ?? PolicyEffect.Deny,
            ReadMatch(reader, effect),
            reader.Lifetime("maxLifetime"),
            reader.Choices<Verb>("onlyVerbs"),
            reader.Flag("allowControllerEnforcedEnd") ?? false,
            reader.Flag("onlyExact") ?? false,
            reader.ChoiceOrNothing<BundleMode>("bundle") ?? BundleMode.AllOrNothing);
        reader.Finish();
        if (effect == PolicyEffect.Deny)
            RefuseLimits(reader);
        else if (rule is { Match.Standing: true, MaxLifetime: not null })
            problems.Add(reader.At("maxLifetime"), "Standing access has no end and a permit with 'maxLifetime' does not match it, so with 'standing: true' this would match nothing.");
        return name is null ? null : (rule, reader.At("name"));
    }

    private PolicyMatch ReadMatch(MapReader reader, PolicyEffect? effect)
    {
        // Without a match a rule is about everything, and that should be seen in the file.
        if (!reader.Has("match"))
            reader.Missing("match");
        if (reader.Map("match") is not { } map)
            return new();
        if (map.Entries.Count == 0 && effect == PolicyEffect.Permit)
            problems.Add(map.At, "A permit with an empty match would permit everything to everybody; say what it permits.");
        return _match.Read(map);
    }

    private void RefuseLimits(MapReader reader)
    {
        foreach (var key in OfPermits.Where(reader.Has))
            problems.Add(reader.At(key), $"'{key}' limits a permit; a rule that denies has none.");
    }
}
