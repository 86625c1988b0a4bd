using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>Decisions of the engine beside the same decisions by hand-written ifs and by Cedar. In three steps: bench/policy.sh.</summary>
internal static class PolicyBench
{
    private const int Inputs = 4_000;

    /// <summary>Writes what the other two need: the source of the ifs, the policies of Cedar, the requests with our answers.</summary>
    public static async Task WriteAsync(string folder, int rules)
    {
        var (bench, policy, inputs) = Make(rules);
        await File.WriteAllTextAsync(Path.Combine(folder, "IfChain.cs"), IfChainSource.Of(bench));
        var decided = inputs.Select(input => new { request = CedarSource.Request(input), outcome = PolicyEngine.Decide(policy, input).Outcome.ToString() });
        await File.WriteAllTextAsync(Path.Combine(folder, "cedar.in.json"), JsonSerializer.Serialize(new { policies = CedarSource.Policies(bench), decided }));
        await File.WriteAllTextAsync(Path.Combine(folder, "cel.in.json"), JsonSerializer.Serialize(CelBench.Cases.Select(one => new { one.Name, one.Expression, one.Attributes })));
    }

    /// <returns>False when the ifs or Cedar do not say what the engine says.</returns>
    public static async Task<bool> RunAsync(string folder, int rules, int decisions)
    {
        var (_, policy, inputs) = Make(rules);
        var ifs = Load(Path.Combine(folder, "chain", "IfChain.dll"));
        var differ = inputs.Where(input => ifs(input) != Brief(PolicyEngine.Decide(policy, input))).ToArray();
        var cedar = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "cedar.out.json"))).RootElement;
        var outcomes = inputs.Select(input => PolicyEngine.Decide(policy, input)).ToArray();
        PolicyTable.PrintSubject(rules, inputs.Length, outcomes);
        PolicyTable.PrintAgreement(differ.Length, cedar, differ.FirstOrDefault() is { } one ? $"{one.IdentityId}: {ifs(one)} and {Brief(PolicyEngine.Decide(policy, one))}" : null);

        var engine = Measured.Of(inputs, decisions, input => PolicyEngine.Decide(policy, input));
        var chain = Measured.Of(inputs, decisions, ifs);
        PolicyTable.PrintDecisions(engine, chain, cedar);
        PolicyTable.PrintParts(
            engine,
            Measured.Of(inputs, decisions / 2, input => Canonical.Digest(input)),
            Measured.Of(inputs, decisions / 2, input => RulesFor.Of(policy, new Question(input, input.Entitlements[0], policy.Catalogue))));
        PolicyTable.PrintOutcomes([.. outcomes.Zip(inputs).GroupBy(pair => PolicyTable.Class(pair.First)).OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => (same.Key, Measured.Of([.. same.Select(pair => pair.Second)], decisions / 10, input => PolicyEngine.Decide(policy, input))))]);
        PolicyTable.PrintCompilation(Compilations(policy.Set), cedar);
        await CelBench.RunAsync(folder);
        return differ.Length == 0 && cedar.GetProperty("differ").GetInt32() == 0;
    }

    private static (BenchRule[] Bench, CompiledPolicy Policy, DecisionInput[] Inputs) Make(int rules)
    {
        var bench = BenchRule.Make(rules);
        return (bench, CompiledPolicy.Of(new("bench", [.. bench.Select(rule => rule.Rule)])), BenchInputs.Make(bench, Inputs));
    }

    /// <summary>What the ifs say too.</summary>
    private static (DecisionOutcome, TimeSpan, int) Brief(Decision decision) =>
        (decision.Outcome, decision.Lifetime, decision.Entitlements.SelectMany(entitlement => entitlement.Verbs).Sum(verb => 1 << (int)verb));

    private static Func<DecisionInput, (DecisionOutcome, TimeSpan, int)> Load(string path) =>
        (Assembly.LoadFrom(path).GetType("IfChain")?.GetMethod("Decide") ?? throw new InvalidOperationException("The ifs were not built."))
            .CreateDelegate<Func<DecisionInput, (DecisionOutcome, TimeSpan, int)>>();

    // A set is compiled once for as long as the value lives, so each time it is another value.
    private static double[] Compilations(PolicySet set) => [.. Enumerable.Range(0, 20).Select(_ =>
    {
        var fresh = set with { };
        var start = Stopwatch.GetTimestamp();
        CompiledPolicy.Of(fresh);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    })];
}
