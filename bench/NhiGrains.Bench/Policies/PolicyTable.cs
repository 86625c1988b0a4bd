using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>What the bench prints.</summary>
internal static class PolicyTable
{
    /// <summary>What kind of answer it is: the outcome, and for a deny whether a rule says it or none permits.</summary>
    public static string Class(Decision decision) => decision.Outcome != DecisionOutcome.Deny ? decision.Outcome.ToString()
        : decision.Findings is [{ Matched: true }, ..] ? "Deny, by a rule" : "Deny, nothing permits";

    public static void PrintSubject(int rules, int inputs, Decision[] outcomes)
    {
        Line($"{rules} rules, {inputs} different requests: " + string.Join(", ", outcomes.GroupBy(Class).OrderBy(same => same.Key, StringComparer.Ordinal).Select(same => $"{same.Count()} {same.Key}")));
        Line($"All decisions as one digest, for comparing two builds: {Canonical.Digest(outcomes)[..16]}");
        Line($"Machine: load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} on {File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal))} cores, each of the three on one core, one after the other");
    }

    public static void PrintAgreement(int chain, JsonElement cedar, string? example) => Line(
        $"Same answer as the engine: ifs {(chain == 0 ? "every time (outcome, lifetime, verbs)" : $"NOT {chain} times, for example {example}")}; "
        + $"Cedar {(cedar.GetProperty("differ").GetInt32() is var differ and > 0 ? $"NOT {differ} times, for example {cedar.GetProperty("example")}" : "every time (allow or deny, and whether approval is wanted)")}");

    public static void PrintDecisions(Measured engine, Measured chain, JsonElement cedar)
    {
        Line($"\n{"",-34}{"p50 us",10}{"p99 us",10}{"a second",12}{"a core-second",15}{"bytes",9}   p50 to ours");
        Row("NhiGrains, the whole decision", engine, engine);
        Row("C# ifs, the outcome alone", chain, engine);
        Row("Cedar in Node, parsed before", Peer(cedar.GetProperty("parsed")), engine);
        Row("  of that, with one policy only", Peer(cedar.GetProperty("single")), engine);
        Row("Cedar in Node, parsed each time", Peer(cedar.GetProperty("unparsed")), engine);
        Line("Ours has the digest of the input, the reasons, and what would have had to differ; the ifs have neither; Cedar's names the policies that decided.");
    }

    public static void PrintParts(Measured engine, Measured digest, Measured matching)
    {
        Line($"\nOurs, of which                    {"us",10}{"bytes",10}      (mean, of the time of the core)");
        Line($"{"  all",-34}{Mean(engine),10:0.00}{engine.Bytes,10:0}");
        Line($"{"  digest of the input",-34}{Mean(digest),10:0.00}{digest.Bytes,10:0}");
        Line($"{"  finding the rules that match",-34}{Mean(matching),10:0.00}{matching.Bytes,10:0}");
        Line($"{"  what is left, and explaining it",-34}{Mean(engine) - Mean(matching) - Mean(digest),10:0.00}{engine.Bytes - matching.Bytes - digest.Bytes,10:0}");
    }

    public static void PrintOutcomes((string Class, Measured Measured)[] all)
    {
        Line($"\n{"Ours, by the answer",-34}{"p50 us",10}{"p99 us",10}{"a second",12}{"a core-second",15}{"bytes",9}");
        foreach (var (name, measured) in all)
            Row($"  {name}", measured, null);
    }

    public static void PrintCompilation(double[] engine, JsonElement cedar) => Line(FormattableString.Invariant(
        $"\nThe set, once: ours compiled in {engine[0]:0} ms, again in {engine.Order().ElementAt(engine.Length / 2):0} ms; Cedar parsed it in {cedar.GetProperty("parseMs").GetDouble():0} ms"));

    public static void PrintCel((CelCase Case, Measured Compile, Measured Evaluate)[] all, JsonElement peer)
    {
        Line($"\n{"CEL, p50 us",-28}{"compile",9}{"peer",9}{"ratio",7}{"evaluate",11}{"p99",8}{"peer",9}{"p99",8}{"ratio",7}{"bytes",8}");
        foreach (var (one, compile, evaluate) in all)
        {
            var (theirs, times) = (peer.GetProperty(one.Name), (Compile: Peer(peer.GetProperty(one.Name).GetProperty("compile")), Evaluate: Peer(peer.GetProperty(one.Name).GetProperty("evaluate"))));
            Line($"{"  " + one.Name,-28}{compile.P50,9:0.0}{times.Compile.P50,9:0.0}{times.Compile.P50 / compile.P50,6:0.0}x{evaluate.P50,11:0.00}{evaluate.P99,8:0.00}{times.Evaluate.P50,9:0.00}{times.Evaluate.P99,8:0.00}{times.Evaluate.P50 / evaluate.P50,6:0.0}x{evaluate.Bytes,8:0}");
        }

        Line("Ours: read, type-checked, costed and compiled. The peer, npm @bufbuild/cel: read and planned; it offers no check of types.");
    }

    private static void Row(string name, Measured measured, Measured? to) => Line(
        $"{name,-34}{measured.P50,10:0.00}{measured.P99,10:0.00}{measured.PerSecond,12:0}{measured.PerCoreSecond,15:0}{(measured.Bytes is { } bytes ? FormattableString.Invariant($"{bytes:0}") : "-"),9}"
        + (to is null ? "" : $"   {measured.P50 / to.P50:0.00}x ({measured.Calls} decisions)"));

    private static double Mean(Measured measured) => 1e6 / measured.PerCoreSecond;

    private static Measured Peer(JsonElement measured) => measured.Deserialize<Measured>(JsonSerializerOptions.Web) ?? throw new InvalidOperationException("No figures.");

    private static void Line(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private static void Line(string text) => Console.WriteLine(text);
}
