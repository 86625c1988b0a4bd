using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>
/// Decisions as large as they are let in: 500 resources in five entitlements, against 1,000 rules and a catalogue of 5,000 entries. The
/// ceiling of each is the same decision by the same rules without a catalogue.
/// </summary>
internal static class BoundsBench
{
    private const int Resources = 500;
    private const int Entries = 5_000;

    private static readonly string[] Apps = Landscape.Apps(1_000);

    public static void Run(int decisions)
    {
        // One of them is held against every resource, whatever else is asked, and never strikes: with a catalogue and without it the answer is the same.
        PolicyRule[] rules =
        [
            .. BenchRule.Make(998).Select((bench, index) => index % 3 == 0 ? Sensitive(bench.Rule) : bench.Rule),
            new("all", PolicyEffect.Permit, new(Standing: false)), new("nothing-public", PolicyEffect.Deny, new() { Sensitivities = [Sensitivity.Public] }),
        ];
        var set = new PolicySet("bounds", rules);
        var (bare, full) = (CompiledPolicy.Of(set), CompiledPolicy.Of(set with { Resources = Catalogue() }));
        Console.WriteLine($"{rules.Length} rules, a third of them look at sensitivities; {Entries} entries");
        Console.WriteLine($"{"",-46}{"p50 us",10}{"p99 us",10}{"bytes",12}{"ceiling p50",14}   times the ceiling");
        Print("one resource", [Ask(0)], bare, full, decisions);
        Print("500 resources by name", [.. Enumerable.Range(0, Resources).Select(Ask)], bare, full, decisions);
        Print("500 selectors, each all of a type in a container", [.. Enumerable.Range(0, Resources).Select(n => new ResourceSelector(Landscape.Types[n / Apps.Length], Apps[n % Apps.Length], ResourceMatch.All, null))], bare, full, decisions);
        Print("500 selectors, each all containers there are", [.. Enumerable.Range(0, Resources).Select(n => new ResourceSelector($"type-{n}", "", ResourceMatch.All, null))], bare, full, decisions);
    }

    private static ResourceSelector Ask(int number) => new(Landscape.Types[number % 6], Apps[number % Apps.Length], ResourceMatch.Exact, $"part-{number % 50}-orders-{number}");

    private static CatalogueEntry[] Catalogue() => [.. Enumerable.Range(0, Entries).Select(n => new CatalogueEntry(
        n % 7 == 0 ? Landscape.Platforms[0] : null,
        n < Apps.Length ? $"{Apps[n]}/" : $"{Apps[n % Apps.Length]}/{Landscape.Types[n / Apps.Length % 6]}/part-{n / Apps.Length}-",
        Environment: Landscape.Environments[n % 4],
        Sensitivity: n % 2 == 0 ? Sensitivity.Internal : Sensitivity.Confidential))];

    private static PolicyRule Sensitive(PolicyRule rule) => rule with { Match = rule.Match with { Sensitivities = [Sensitivity.Confidential, Sensitivity.Restricted] } };

    private static void Print(string what, ResourceSelector[] resources, CompiledPolicy bare, CompiledPolicy full, int decisions)
    {
        var input = new DecisionInput(
            "identity-1", Landscape.Kinds[0], "staging", new Dictionary<string, string> { ["tier"] = "gold" },
            [.. resources.Chunk(EntitlementRules.MaxResources).Select(some => new Entitlement(Landscape.Platforms[0], [Verb.Read], some, Conditions.None))], TimeSpan.FromHours(1))
        {
            Owner = new("ada", "payments"),
            Requester = "ada",
        };
        var ceiling = Measured.Of([input], decisions, one => PolicyEngine.Decide(bare, one));
        var ours = Measured.Of([input], decisions, one => PolicyEngine.Decide(full, one));
        Console.WriteLine(FormattableString.Invariant(
            $"{what,-46}{ours.P50,10:0}{ours.P99,10:0}{ours.Bytes,12:0}{ceiling.P50,14:0}   {ours.P50 / ceiling.P50:0.00}x ({PolicyEngine.Decide(full, input).Outcome}; without a catalogue {PolicyEngine.Decide(bare, input).Outcome})"));
    }
}
