using CsCheck;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>Sets of rules, and inputs that many of them match.</summary>
internal static class SomePolicies
{
    public const string IsBot = "identity.kind == 'bot'";
    public const string IsShort = "request.lifetime <= duration('1h')";
    public const string HasTier = "identity.tags['tier'] == 'gold'";

    public const string AllStaging = "resources.all(r, r.environment == 'staging')";
    public const string AnyOfPay = "resources.exists(r, r.application == 'pay')";
    public const string AnyConfidential = "resources.exists(r, r.sensitivity == 'confidential')";

    private static readonly Gen<string> Prefixes = Gen.Select(
        Gen.OneOf(SmallWorld.Containers), Gen.OneOf(SmallWorld.Types), Gen.OneOf("", "a-", "b-"), Gen.Int[0, 3],
        (container, type, name, levels) => levels == 0 ? $"{container}/" : $"{container}/{type}/{name}");

    private static readonly Gen<ResourceSelector> Selectors = Gen.Select(
        Gen.OneOf(SmallWorld.Containers), Gen.OneOf(SmallWorld.Types), Gen.Enum<ResourceMatch>(), Gen.OneOf("a", "b", "a-", "b-"),
        (container, type, match, name) => new ResourceSelector(
            type, container, match, match switch { ResourceMatch.All => null, ResourceMatch.Prefix => name[..1] + "-", _ => name }));

    private static readonly Gen<TimeSpan> Lifetimes = Gen.OneOf(0.5, 1.0, 2.0, 8.0).Select(TimeSpan.FromHours);
    private static readonly Gen<IReadOnlyDictionary<string, string>> Tags = Gen.OneOf<IReadOnlyDictionary<string, string>>(Tag("app", "x"), Tag("tier", "gold"), Tag("tier", "lead"));

    private static readonly Gen<EvidenceMatch> Proofs = Gen.Select(
        Gen.OneOf(EvidenceKind.OidcToken, EvidenceKind.SpiffeSvid), Maybe(Gen.OneOf("ci", "mesh").Array[1]), Maybe(Gen.OneOf("s", "t")), Maybe(Tags),
        (kind, trusts, subject, claims) => new EvidenceMatch(kind, trusts, subject, claims));

    private static readonly Gen<DailyWindow> Windows = Gen.Select(
        Maybe(Gen.OneOf(DayOfWeek.Tuesday, DayOfWeek.Sunday).Array[1]), Gen.Int[8, 13], Gen.Frequency((6, Gen.Const("UTC")), (1, Gen.Const("Mars/Olympus"))),
        (days, from, zone) => new DailyWindow(days, new(from, 0), new(from + 3, 0), zone));

    // Each changes a match in one point; a few of them make a rule.
    private static readonly Gen<Func<PolicyMatch, PolicyMatch>> Points = Gen.OneOf(
        Point(Gen.OneOf(IdentityKind.Bot, IdentityKind.ServiceAccount).Array[1, 2], (match, value) => match with { Kinds = value }),
        Point(Gen.OneOf("staging", "production").Array[1, 2], (match, value) => match with { Environments = value }),
        Point(Tags, (match, value) => match with { Tags = value }),
        Point(Verbs(1), (match, value) => match with { Verbs = value }),
        Point(Gen.OneOf("p:x", "p:y").Array[1], (match, value) => match with { Platforms = value }),
        Point(Prefixes, (match, value) => match with { ResourcePrefix = value }),
        Point(Lifetimes, (match, value) => match with { LifetimeAtMost = value }),
        Point(Lifetimes, (match, value) => match with { LifetimeOver = value }),
        Point(Gen.Bool, (match, value) => match with { Standing = value }),
        Point(Gen.OneOf("one", "two").Array[1], (match, value) => match with { Identities = value }),
        Point(Gen.OneOf("red", "blue").Array[1], (match, value) => match with { Teams = value }),
        Point(Gen.OneOf("ada", "bob").Array[1], (match, value) => match with { Requesters = value }),
        Point(Gen.OneOf("g", "h").Array[1], (match, value) => match with { RequesterGroups = value }),
        Point(Gen.OneOf(SmallWorld.Types).Array[1], (match, value) => match with { ResourceTypes = value }),
        Point(Gen.Enum<Sensitivity>().Array[1, 3], (match, value) => match with { Sensitivities = value }),
        Point(Gen.OneOf("pay", "web").Array[1], (match, value) => match with { Applications = value }),
        Point(Gen.OneOf("staging", "production").Array[1], (match, value) => match with { ResourceEnvironments = value }),
        Point(Proofs.Array[1], (match, value) => match with { Evidence = value }),
        Point(Proofs.Array[1, 2], (match, value) => match with { EvidenceMissing = value }),
        Point(Gen.Enum<RiskSeverity>(), (match, value) => match with { RiskAtLeast = value }),
        Point(Gen.Enum<RiskSeverity>(), (match, value) => match with { RiskBelow = value }),
        Point(Gen.OneOf("leak", "odd").Array[1], (match, value) => match with { RiskTypes = value }),
        Point(Windows, (match, value) => match with { During = value }),
        Point(Gen.OneOf(IsBot, IsShort, HasTier, AllStaging, AnyOfPay, AnyConfidential), (match, value) => match with { Condition = value }));

    private static readonly Gen<PolicyMatch> Matches = Points.Array[0, 3].Select(points => points.Aggregate(new PolicyMatch(), (match, point) => point(match)));

    private static readonly Gen<ApprovalRequirement> Approvals = Gen.Select(Gen.OneOf("a", "b", "c"), Gen.Int[1, 2], Gen.Int[1, 4],
        (group, count, hours) => new ApprovalRequirement([new([group], count)], TimeSpan.FromHours(hours)));

    private static readonly Gen<PolicyRule> Limits = Gen.Select(
        Maybe(Lifetimes), Maybe(Verbs(2)), Maybe(Prefixes.Array[1, 2]), Gen.Int[0, 31], Approvals,
        (max, verbs, resources, bits, approval) => new PolicyRule(
            "", default, new(), max, verbs, (bits & 1) == 0, (bits & 2) == 0, (bits & 4) == 0 ? BundleMode.BestEffort : BundleMode.AllOrNothing)
        {
            OnlyResources = resources, TicketRequired = (bits & 24) == 0, Approval = approval,
        });

    /// <summary>Permits are the most, so that most inputs have an outcome worth looking at.</summary>
    public static readonly Gen<PolicyRule> Rules = Gen.Select(
        Gen.Frequency((5, Gen.Const(PolicyEffect.Permit)), (2, Gen.Const(PolicyEffect.Deny)), (2, Gen.Const(PolicyEffect.RequireApproval)), (2, Gen.Const(PolicyEffect.BreakGlass))),
        Matches, Limits, Gen.Bool, Gen.Bool,
        (effect, match, limits, limited, lenient) => RuleOf(effect, match, limited ? limits : limits with { MaxLifetime = null, OnlyVerbs = null, OnlyResources = null, TicketRequired = false }, lenient));

    private static readonly Gen<CatalogueEntry> Entries = Gen.Select(
        Maybe(Gen.OneOf("p:x", "p:y")), Prefixes, Maybe(Gen.OneOf("pay", "web", "none")), Maybe(Gen.OneOf("staging", "production")), Maybe(Gen.Enum<Sensitivity>()),
        (platform, prefix, application, environment, sensitivity) => new CatalogueEntry(platform, prefix, application, null, environment, sensitivity));

    public static Gen<PolicySet> Sets(int most) => Gen.Select(Rules.Array[1, most], Entries.Array[0, 6], (rules, entries) => SetOf(rules, entries));

    private static readonly Gen<Entitlement> Entitlements = Gen.Select(
        Gen.OneOf("p:x", "p:y"), Verbs(1), Selectors.Array[1, 3], Gen.Bool, Gen.Int[0, 7],
        (platform, verbs, resources, any, native) => EntitlementRules.Normalize(new(platform, verbs, resources, Conditions.None, native == 0 ? ["x:y"] : null)).Value);

    public static readonly Gen<DecisionInput> Inputs = Gen.Select(
        Gen.Select(Gen.OneOf("one", "two"), Gen.OneOf(IdentityKind.Bot, IdentityKind.ServiceAccount), Gen.OneOf("staging", "production"), Tags, Gen.OneOf("red", "blue")),
        Entitlements.Array[1, 2], Gen.Frequency((5, Lifetimes.Select(value => (TimeSpan?)value)), (1, Gen.Const((TimeSpan?)null))),
        Gen.Select(Gen.Int[0, 63], Gen.OneOf("ada", "bob"), Gen.OneOf("g", "h").Array[0, 1], Gen.Enum<RiskSeverity>(), Gen.OneOf("leak", "odd")),
        Gen.Select(Gen.OneOf(EvidenceKind.OidcToken, EvidenceKind.SpiffeSvid), Gen.OneOf("ci", "mesh"), Gen.OneOf("s", "t"), Tags),
        Gen.Int[0, 79].Array[0, 12],
        (who, entitlements, lifetime, how, proof, lifted) => new DecisionInput(who.Item1, who.Item2, who.Item3, who.Item4, entitlements, lifetime)
        {
            At = Some.Noon,
            Owner = new("ada", who.Item5),
            Requester = how.Item2,
            RequesterGroups = how.Item3,
            Ticket = (how.Item1 & 1) == 0 ? "T-1" : null,
            BreakGlass = (how.Item1 & 6) == 0,
            Risks = (how.Item1 & 8) == 0 ? [new("s", how.Item5, how.Item4)] : [],
            Evidence = (how.Item1 & 16) == 0 ? [new(proof.Item1, proof.Item2, proof.Item3, proof.Item4, Some.Noon, "d")] : [],
            Exceptions = [.. lifted.Select((rule, index) => new ExceptionFact($"e{index}", [$"r{rule}", $"r{index}"], [entitlements[index % entitlements.Length]], Some.Noon.AddMinutes((7 * rule) - 20)))],
        });

    public static PolicySet SetOf(IReadOnlyList<PolicyRule> rules, IReadOnlyList<CatalogueEntry> entries) =>
        new("test", [.. rules.Select((rule, index) => rule with { Name = $"r{index}" })])
        {
            Resources = [.. entries.DistinctBy(entry => (entry.Platform, entry.Prefix))],
            Applications = [new("pay", null, "production", Sensitivity.Restricted), new("web", null, null, Sensitivity.Public)],
        };

    private static PolicyRule RuleOf(PolicyEffect effect, PolicyMatch match, PolicyRule limits, bool lenient) => effect switch
    {
        PolicyEffect.Deny => new("", effect, match) { ExceptBreakGlass = lenient, Exceptions = lenient ? Terms : null },
        PolicyEffect.RequireApproval => limits with { Effect = effect, Match = match, Exceptions = lenient ? Terms : null },
        PolicyEffect.BreakGlass => limits with { Effect = effect, Match = match, Approval = null, Review = new(lenient ? ["r", "s"] : limits.OnlyExact ? ["t"] : ["r"], TimeSpan.FromHours(1)) },
        _ => limits with { Effect = effect, Match = match, Approval = null },
    };

    private static ExceptionTerms Terms { get; } = new(TimeSpan.FromDays(1), Asking.TwoOfSecurity);

    private static Gen<Verb[]> Verbs(int least) => Gen.OneOf(Verb.Read, Verb.Write, Verb.Invoke).Array[least, 3].Select(verbs => verbs.Distinct().ToArray());

    private static Dictionary<string, string> Tag(string key, string value) => new(StringComparer.Ordinal) { [key] = value };

    private static Gen<T?> Maybe<T>(Gen<T> values)
        where T : notnull => Gen.Select(Gen.Bool, values, (some, value) => some ? value : default(T?));

    private static Gen<Func<PolicyMatch, PolicyMatch>> Point<T>(Gen<T> values, Func<PolicyMatch, T, PolicyMatch> set) =>
        values.Select(value => (Func<PolicyMatch, PolicyMatch>)(match => set(match, value)));
}
