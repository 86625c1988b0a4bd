using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>Every case of the specification's conformance data that applies: trees, refusals, checked types, values and errors.</summary>
public sealed class ConformanceTests(ConformanceTests.Data data, ITestOutputHelper output) : IClassFixture<ConformanceTests.Data>
{
    [Fact]
    public void Expressions_parse_to_the_tree_of_the_reference_implementation_or_are_refused_as_there() =>
        Run(@case => @case.TreeScope, @case => @case.Tree is not null || @case.ParseFails is not null, Tree);

    [Fact]
    public void The_checker_finds_the_expected_type() =>
        Run(@case => @case.Scope, @case => WantedType(@case) is not null && !@case.DisableCheck, CheckedType);

    [Fact]
    public void The_checker_refuses_what_it_has_to_refuse_and_nothing_else() =>
        Run(@case => @case.Scope, @case => @case.CheckFails is not null, Refusal);

    [Fact]
    public void Evaluations_give_the_expected_value_or_an_error_where_one_is_expected() =>
        Run(@case => @case.Scope, @case => @case.Expected is { Value: not null } or { Error: not null }, Evaluation);

    [Fact]
    public void The_checker_finds_the_type_and_the_overloads_of_each_node() => Run(
        @case => @case.Scope ?? @case.TreeScope ?? Unlike(@case), @case => @case.CheckedTree is not null && !@case.DisableCheck, CheckedTree);

    [Fact]
    public void The_first_mistake_is_told_where_the_reference_implementation_tells_it() =>
        Run(@case => @case.Scope ?? @case.TreeScope ?? OtherPlace(@case), @case => @case.ReferenceError is not null, Place);

    private void Run(Func<Case, string?> scope, Func<Case, bool> applies, Func<Case, string?> problem)
    {
        var cases = data.Cases.Where(applies).ToArray();
        var inScope = cases.Where(@case => scope(@case) is null).ToArray();
        var failures = inScope.Select(@case => (Case: @case, Problem: problem(@case))).Where(f => f.Problem is not null).ToArray();
        var report = new StringBuilder();
        report.AppendLine(CultureInfo.InvariantCulture,
            $"{inScope.Length - failures.Length} passed, {failures.Length} failed, {cases.Length - inScope.Length} out of scope");
        foreach (var reason in cases.Where(@case => scope(@case) is not null).CountBy(@case => scope(@case) ?? "").OrderByDescending(r => r.Value))
            report.AppendLine(CultureInfo.InvariantCulture, $"  out of scope: {reason.Value} {reason.Key}");
        foreach (var (@case, why) in failures)
            report.AppendLine(CultureInfo.InvariantCulture, $"  FAILED {@case}\n    {why}");
        output.WriteLine(report.ToString());
        Assert.True(inScope.Length > 0, "The data has no such case.");
        Assert.True(failures.Length == 0, report.ToString());
    }

    private static string? Tree(Case @case)
    {
        var mistake = Environment(@case).Parse(@case.Expr, out _, out var tree);
        if (@case.ParseFails == true)
            return mistake is null ? "It was not refused." : null;
        if (mistake is not null)
            return mistake.ToString();
        var found = DebugTree.Of(tree);
        return @case.Tree is null || found == @case.Tree ? null : $"{found}\n    instead of\n{@case.Tree}";
    }

    private static string? CheckedType(Case @case)
    {
        var compiled = Environment(@case).Compile(@case.Expr);
        var wanted = CelType.Parse(WantedType(@case)!); // There is one: that is what Run selected.
        return !compiled.IsOk ? string.Join("; ", compiled.Issues)
            : compiled.Program.Type == wanted ? null
            : $"{compiled.Program.Type} instead of {wanted}";
    }

    /// <summary>Where the place is another for a reason.</summary>
    private static string? OtherPlace(Case @case) => @case.Expr switch
    {
        var text when new[] { "cel.bind(z, y[0]", "cel.bind(m, {\"hello\"", "cel.bind(entry" }.Any(part => text.Contains(part, StringComparison.Ordinal)) =>
            "the macros of an extension were on there",
        "\"\\xFh\"" or "'\\udead' == '\\ufffd'" => "within a literal we point at the escape",
        var text when text.Contains("Illegal escape", StringComparison.Ordinal) => "within a literal we point at the escape",
        "x{?." or "a.`b.c`()" => "optional values and back quotes were off there",
        ['-', '[', '-', ..] or ['ó', ..] => "of several mistakes at once another one is told",
        _ => null,
    };

    private static string? Place(Case @case)
    {
        var first = Environment(@case).Compile(@case.Expr).Issues is [var issue, ..] ? issue : null;
        var wanted = Regex.Match(@case.ReferenceError ?? "", "^ERROR: [^:]*:(?<place>[0-9]+:[0-9]+):", RegexOptions.None, TimeSpan.FromSeconds(1));
        return $"{first?.Line}:{first?.Column}" == wanted.Groups["place"].Value ? null : $"{first} instead of {@case.ReferenceError}";
    }

    /// <summary>A macro is one node here, so that nothing within its fold has a type.</summary>
    private static string? Unlike(Case @case) =>
        @case.CheckedTree?.Contains("__comprehension__", StringComparison.Ordinal) == true ? "a macro" : null;

    private static string? CheckedTree(Case @case)
    {
        var environment = Environment(@case);
        if (environment.Parse(@case.Expr, out _, out var tree) is { } mistake)
            return mistake.ToString();
        var found = DebugTree.Of(tree, environment.Check(tree));
        return found == @case.CheckedTree ? null : $"{found}\n    instead of\n{@case.CheckedTree}";
    }

    private static string? Refusal(Case @case)
    {
        var compiled = Environment(@case).Compile(@case.Expr);
        return @case.CheckFails == !compiled.IsOk ? null : $"refused: {!compiled.IsOk}; {string.Join("; ", compiled.Issues)}";
    }

    private static string? Evaluation(Case @case)
    {
        var environment = Environment(@case);
        var compiled = @case.DisableCheck ? environment.CompileUnchecked(@case.Expr) : environment.Compile(@case.Expr);
        var wantsError = @case.Expected?.Error is not null;
        if (!compiled.IsOk)
            return wantsError ? null : string.Join("; ", compiled.Issues);
        var bindings = @case.Bindings.ToDictionary(b => b.Key, b => Tagged.Read(b.Value));
        var result = compiled.Program.Evaluate(bindings);
        if (wantsError)
            return result.IsOk ? $"{result.Value} instead of an error" : null;
        var wanted = Tagged.Read(@case.Expected!.Value!.Value); // One of value and error is there: that is what Run selected.
        return result.Value == wanted ? null : $"{(result.Error is null ? result.Value : result.Error)} instead of {wanted}";
    }

    private static string? WantedType(Case @case) => @case.Expected?.Type ?? @case.CheckedType;

    private static CelEnvironment Environment(Case @case)
    {
        var attributes = @case.TypeEnv
            .Select(declared => (declared.Key, Type: CelType.Parse(declared.Value)))
            .Where(declared => declared.Type is not null)
            .Where(declared => declared.Key is not ("true" or "false" or "null")) // Declared to see that they stay literals; here one cannot.
            .Select(declared => new CelAttribute(declared.Key, declared.Type!)); // Filtered one line above.
        return new CelEnvironment(attributes, container: @case.Container);
    }

    /// <summary>The data, asked for once.</summary>
    public sealed class Data : IAsyncLifetime
    {
        internal Case[] Cases { get; private set; } = [];

        public async ValueTask InitializeAsync() => Cases = await NodeTool.CasesAsync();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
