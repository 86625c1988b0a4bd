namespace NhiGrains.Cel.Tests.Cost;

/// <summary>Cost is estimated, counted and limited (Language Definition, <i>Performance</i>).</summary>
public sealed class CostTests
{
    private static readonly Dictionary<string, CelValue> Nothing = [];

    [Fact]
    public void A_loop_over_declared_sizes_is_estimated_from_them()
    {
        long Of(int size) => Compile("names.all(n, n.startsWith('svc-'))", new CelAttribute("names", CelType.List(CelType.String), size)).EstimatedCost;
        Assert.True(Of(1_000) > 50 * Of(10));
    }

    [Fact]
    public void An_attribute_that_declares_no_size_has_the_assumed_one()
    {
        var limits = new CelLimits { AssumedSize = 10 };
        var declared = new CelEnvironment([new("a", CelType.String, 10)], limits).Compile("a.contains('x')").Program?.EstimatedCost;
        Assert.Equal(declared, new CelEnvironment([new("a", CelType.String)], limits).Compile("a.contains('x')").Program?.EstimatedCost);
    }

    [Fact]
    public void An_expression_that_can_cost_too_much_is_refused()
    {
        var loops = string.Concat(Enumerable.Repeat("[0, 1, 2, 3].all(x, ", 15)) + "true" + new string(')', 15);
        Assert.Equal(CelIssueKind.TooCostly, Some.Issue(loops).Kind);
        var growth = "['foo', 'bar']" + string.Concat(Enumerable.Repeat(".map(x, [x, x])", 60)) + " == []";
        Assert.Equal(CelIssueKind.TooCostly, Some.Issue("(" + growth + ") || " + loops).Kind);
    }

    [Fact]
    public void An_evaluation_is_stopped_at_its_limit_and_nothing_absorbs_that()
    {
        var limits = new CelLimits { MaxEstimatedCost = long.MaxValue, MaxCost = 10_000 };
        var loops = string.Concat(Enumerable.Repeat("[0, 1, 2, 3].all(x, ", 15)) + "true" + new string(')', 15);
        foreach (var text in (string[])[loops, $"{loops} || true", $"true && ({loops}) && false", $"[1, 2].exists(x, {loops} || x == 2)", $"!({loops})"])
        {
            var result = new CelEnvironment([], limits).Compile(text).Program?.Evaluate(Nothing);
            Assert.Equal(CelErrorKind.CostExceeded, result?.Error?.Kind);
            Assert.InRange(result?.Cost ?? 0, 10_000, 10_100);
        }
    }

    [Fact]
    public void Comparing_values_that_share_their_parts_is_stopped_too()
    {
        // The value has 2^40 leaves, and takes 40 small lists.
        var value = CelValue.Of(0L);
        for (var i = 0; i < 40; i++)
            value = CelValue.List([value, value]);
        var program = new CelEnvironment([new("a", CelType.Dyn), new("b", CelType.Dyn)]).Compile("a == b").Program;
        var result = program?.Evaluate(new Dictionary<string, CelValue> { ["a"] = value, ["b"] = value });
        Assert.Equal(CelErrorKind.CostExceeded, result?.Error?.Kind);
        Assert.InRange(value.ToString().Length, 1, 11_000);
    }

    [Fact]
    public void Comparing_values_nested_beyond_reason_needs_no_stack()
    {
        var (a, b) = (CelValue.Of(0L), CelValue.Of(0L));
        for (var i = 0; i < 100_000; i++)
            (a, b) = (CelValue.List([a]), CelValue.List([b]));
        var program = new CelEnvironment([new("a", CelType.Dyn), new("b", CelType.Dyn)]).Compile("a == b").Program;
        Assert.Equal(CelErrorKind.CostExceeded, program?.Evaluate(new Dictionary<string, CelValue> { ["a"] = a, ["b"] = b }).Error?.Kind);
    }

    [Fact]
    public void Doubling_a_string_is_stopped_before_memory_runs_out()
    {
        var text = "[s]" + string.Concat(Enumerable.Repeat(".map(x, x + x)", 60)) + "[0].size()";
        var limits = new CelLimits { MaxEstimatedCost = long.MaxValue };
        var program = new CelEnvironment([new("s", CelType.String)], limits).Compile(text).Program;
        Assert.Equal(CelErrorKind.CostExceeded, program?.Evaluate(new Dictionary<string, CelValue> { ["s"] = CelValue.Of("0123456789") }).Error?.Kind);
    }

    private static CelProgram Compile(string text, params CelAttribute[] attributes) =>
        new CelEnvironment(attributes).Compile(text).Program ?? throw new InvalidOperationException(text);
}
