using CsCheck;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Tests.Properties;

/// <summary>What holds for every expression.</summary>
public sealed class GeneratedExpressionsTests
{
    private static readonly CelLimits Generous = new() { MaxEstimatedCost = long.MaxValue };

    private static readonly CelEnvironment Environment = new(ExpressionGenerator.Attributes, Generous);

    [Fact]
    public void A_printed_expression_parses_to_the_same_tree() => Gen.Int.Sample(
        seed =>
        {
            Assert.Null(Environment.Parse(new ExpressionGenerator(seed).Expression(), out _, out var tree));
            var printed = Printer.Print(tree);
            Assert.Null(Environment.Parse(printed, out _, out var again));
            Assert.Equal(Conformance.DebugTree.Of(tree), Conformance.DebugTree.Of(again));
        },
        iter: 1_000);

    [Fact]
    public void An_evaluation_ends_the_same_way_twice_and_costs_no_more_than_estimated() => Gen.Int.Sample(
        seed =>
        {
            var generator = new ExpressionGenerator(seed);
            var text = generator.Expression();
            var values = generator.Values();
            var compiled = Environment.Compile(text);
            Assert.True(compiled.IsOk, $"{text}: {string.Join("; ", compiled.Issues)}");
            var result = compiled.Program.Evaluate(values);
            Assert.Equal(result, compiled.Program.Evaluate(values));
            Assert.True(result.Cost <= compiled.Program.EstimatedCost, $"{text}: {result.Cost} > {compiled.Program.EstimatedCost}");
            var type = compiled.Program.Type;
            Assert.True(!result.IsOk || type.IsDyn || type.Kind == result.Value.Kind, $"{text}: {result.Value} is no {type}");
        },
        iter: 2_000);

    [Fact]
    public void Without_the_checker_the_result_is_the_same() => Gen.Int.Sample(
        seed =>
        {
            var generator = new ExpressionGenerator(seed);
            var text = generator.Expression();
            var values = generator.Values();
            Assert.Equal(Environment.Compile(text).Program?.Evaluate(values), Environment.CompileUnchecked(text).Program?.Evaluate(values));
        },
        iter: 1_000);

    [Fact]
    public void Any_text_is_compiled_or_refused_and_never_throws() => Gen.Select(Gen.Int, Gen.Int[0, 1_000_000], Gen.Char).Sample(
        (seed, where, noise) =>
        {
            var text = new ExpressionGenerator(seed).Expression();
            var at = where % (text.Length + 1);
            foreach (var broken in (string[])[text.Insert(at, noise.ToString()), text[at..], text[..at], text.Remove(at, Math.Min(1, text.Length - at))])
            {
                var compiled = Environment.Compile(broken);
                Assert.NotEqual(compiled.IsOk, compiled.Issues.Count > 0);
                Environment.CompileUnchecked(broken).Program?.Evaluate(new ExpressionGenerator(seed).Values());
            }
        },
        iter: 1_000);
}
