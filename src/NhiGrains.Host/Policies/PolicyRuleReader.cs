using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>One rule from its map.</summary>
internal sealed class PolicyRuleReader(PolicyProblems problems)
{
    private static readonly string[] OfPermits = ["maxLifetime", "onlyVerbs", "onlyResources", "ticketRequired", "allowControllerEnforcedEnd", "onlyExact", "bundle"];

    // Which keys a rule with another effect has no use for; a key that does nothing would look as if it did.
    private static readonly (string Key, PolicyEffect[] Effects, string Why)[] Special =
    [
        .. OfPermits.Select(key => (key, (PolicyEffect[])[PolicyEffect.Permit, PolicyEffect.RequireApproval, PolicyEffect.BreakGlass], "limits a permit; a rule that denies has none")),
        ("approvers", [PolicyEffect.RequireApproval], "is for rules that require approval"),
        ("answerWithin", [PolicyEffect.RequireApproval], "is for rules that require approval"),
        ("meanwhile", [PolicyEffect.RequireApproval], "is for rules that require approval"),
        ("exceptions", [PolicyEffect.Deny, PolicyEffect.RequireApproval], "is for rules that forbid something, or require approval"),
        ("exceptBreakGlass", [PolicyEffect.Deny], "is for rules that deny"),
        ("review", [PolicyEffect.BreakGlass], "is for rules of emergency access"),
    ];

    private readonly PolicyMatchReader _match = new(problems);
    private readonly ApprovalReader _approval = new(problems);
    private readonly TextChecks _checks = new(problems);

    /// <summary>Null when it has no name to go by; otherwise what could be read, even when something in it is wrong.</summary>
    public Placed<PolicyRule>? Read(YamlNode node)
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
            reader.ChoiceOrNothing<BundleMode>("bundle") ?? BundleMode.AllOrNothing)
        {
            OnlyResources = TextChecks.Each(reader.Texts("onlyResources"), _checks.Prefix),
            TicketRequired = reader.Flag("ticketRequired") ?? false,
            Notify = reader.Words("notify"),
            Approval = _approval.Read(reader),
            Meanwhile = Meanwhile(reader),
            Exceptions = _approval.ReadExceptions(reader),
            Review = _approval.ReadReview(reader),
            ExceptBreakGlass = reader.Flag("exceptBreakGlass") ?? false,
        };
        reader.Finish();
        if (effect is { } known)
            Check(known, rule, reader);
        return name is null ? null : new(rule, reader.At("name"));
    }

    private PolicyMatch ReadMatch(MapReader reader, PolicyEffect? effect)
    {
        // Without a match a rule is about everything, and that should be seen in the file.
        if (!reader.Has("match"))
            reader.Missing("match");
        if (reader.Map("match") is not { } map)
            return new();
        if (map.Entries.Count == 0 && effect is PolicyEffect.Permit or PolicyEffect.BreakGlass)
            problems.Add(map.At, "A permit with an empty match would permit everything to everybody; say what it permits.");
        return _match.Read(map);
    }

    private MeanwhileTerms? Meanwhile(MapReader reader)
    {
        if (reader.Map("meanwhile") is not { } map)
            return null;
        var terms = new MapReader(map, "What may be had meanwhile", problems);
        if (!terms.Has("onlyVerbs"))
            terms.Missing("onlyVerbs");
        var meanwhile = new MeanwhileTerms(terms.Choices<Verb>("onlyVerbs") ?? [], terms.Lifetime("maxLifetime"));
        terms.Finish();
        return meanwhile;
    }

    private void Check(PolicyEffect effect, PolicyRule rule, MapReader reader)
    {
        foreach (var (key, _, why) in Special.Where(special => reader.Has(special.Key) && !special.Effects.Contains(effect)))
            problems.Add(reader.At(key), $"'{key}' {why}.");
        if (rule is { Match.Standing: true, MaxLifetime: not null } && effect != PolicyEffect.Deny)
            problems.Add(reader.At("maxLifetime"), "Standing access has no end and a permit with 'maxLifetime' does not match it, so with 'standing: true' this would match nothing.");
        foreach (var key in Required(effect).Where(key => !reader.Has(key)))
            reader.Missing(key);
    }

    private static string[] Required(PolicyEffect effect) => effect switch
    {
        PolicyEffect.RequireApproval => ["approvers"],
        // Emergency access that nobody looks at afterwards, or that does not end soon, is just a permit.
        PolicyEffect.BreakGlass => ["maxLifetime", "review"],
        _ => [],
    };
}
