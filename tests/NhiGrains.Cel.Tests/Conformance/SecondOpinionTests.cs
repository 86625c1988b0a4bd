using System.Globalization;
using System.Text.Json;
using NhiGrains.Cel.Tests.Properties;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>Generated expressions give what an independent evaluator gives: the same value, or an error where it has one.</summary>
public sealed class SecondOpinionTests(ITestOutputHelper output)
{
    /// <summary>More on request: <c>NHIGRAINS_CEL_EXPRESSIONS=50000</c>.</summary>
    private static int Count => int.TryParse(
        Environment.GetEnvironmentVariable("NHIGRAINS_CEL_EXPRESSIONS"), CultureInfo.InvariantCulture, out var count) ? count : 1_000;

    [Fact]
    public async Task Generated_expressions_agree_with_the_second_evaluator()
    {
        var environment = new CelEnvironment(ExpressionGenerator.Attributes, new CelLimits { MaxEstimatedCost = long.MaxValue });
        var ours = new List<(string Text, CelResult Result)>();
        var requests = new List<string>();
        for (var seed = 0; seed < Count; seed++)
        {
            var generator = new ExpressionGenerator(seed);
            var text = generator.Expression();
            var values = generator.Values();
            var program = environment.CompileUnchecked(text).Program ?? throw new InvalidOperationException(text);
            ours.Add((text, program.Evaluate(values)));
            var bindings = values.ToDictionary(v => v.Key, v => Tagged.Write(v.Value));
            requests.Add(JsonSerializer.Serialize(new { id = seed, expr = text, bindings }));
        }

        var answers = (await NodeTool.RunAsync("second-opinion.mjs", string.Join('\n', requests) + "\n"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Count, answers.Length);
        var differences = ours.Zip(answers, Difference).OfType<string>().ToArray();
        var known = ours.Zip(answers).Count(pair => IsKnown(pair.First, pair.Second));
        var errors = ours.Count(o => !o.Result.IsOk);
        output.WriteLine(
            $"{Count - differences.Length - known} of {Count} agree ({errors} are errors), {known} differ as known, {differences.Length} differ");
        Assert.True(differences.Length == 0, string.Join('\n', differences.Take(20)));
        Assert.True(errors < Count * 3 / 4, "Most expressions are errors, which says little.");
        Assert.True(known <= 1 + (Count / 100), "What differs as known hides something.");
    }

    /// <summary>
    /// Three mistakes of the other evaluator: a uint beyond the range of int divided by one overflows there; the smallest int modulo
    /// -1, whose quotient overflows, does not; two negations cancel even if the first overflows.
    /// </summary>
    private static bool IsKnown((string Text, CelResult Result) ours, string line) =>
        line.Contains("int overflow during divide by 1\"", StringComparison.Ordinal)
        || (ours.Result.Error is { Kind: CelErrorKind.Overflow, Line: 1 } error 
            && (ours.Text[error.Column - 1] == '%' || ours.Text.AsSpan(Math.Max(0, error.Column - 3)).StartsWith("-(-(")));

    private static string? Difference((string Text, CelResult Result) ours, string line)
    {
        if (IsKnown(ours, line))
            return null;
        using var answer = JsonDocument.Parse(line);
        if (!answer.RootElement.TryGetProperty("value", out var value))
            return ours.Result.IsOk ? $"{ours.Text}\n  {ours.Result.Value}, they: {answer.RootElement.GetProperty("error")}" : null;
        var theirs = Tagged.Read(value);
        return ours.Result.Value == theirs ? null : $"{ours.Text}\n  {(ours.Result.IsOk ? ours.Result.Value : ours.Result.Error)}, they: {theirs}";
    }
}
