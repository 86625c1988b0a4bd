namespace NhiGrains.Cel.Tests.Syntax;

/// <summary>Whatever its form, an expression above a limit is refused, and the stack is never in danger.</summary>
public sealed class LimitsTests
{
    private const int Many = 100_000;

    private static readonly CelLimits Long = new() { MaxLength = 2_000_000, MaxNodes = 1_000_000, MaxDepth = 250 };

    public static TheoryData<string, string, string> Deep() => new()
    {
        { "(", "1", ")" },
        { "[", "1", "]" },
        { "{1: ", "1", "}" },
        { "-(", "1", ")" },
        { "!(", "true", ")" },
        { "true ? 1 : ", "1", "" },
        { "true ? (", "1", ") : 1" },
        { "size(", "1", ")" },
        { "[1].map(x, ", "1", ")" },
        { "1 + (", "1", ")" },
        { "(", "", "" },
        { "[", "", "" },
        { "{", "", "" },
        { "f(", "", "" },
        { "a[", "", "" },
    };

    public static TheoryData<string, string> Wide() => new()
    {
        { "a", ".b" },
        { "a", "[0]" },
        { "1", " + 1" },
        { "1", " * 1" },
        { "1", " == 1" },
        { "[1]", ".map(x, x)" },
        { "a", ".f()" },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public void Nesting_is_refused_above_the_limit(string open, string inner, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, Many)) + inner + string.Concat(Enumerable.Repeat(close, Many));
        var issue = Assert.Single(new CelEnvironment([], Long).Compile(text).Issues);
        Assert.Equal(CelIssueKind.TooDeep, issue.Kind);
    }

    [Theory]
    [MemberData(nameof(Wide))]
    public void A_chain_is_refused_above_the_limit(string first, string more)
    {
        var issue = Assert.Single(new CelEnvironment([], Long).Compile(first + string.Concat(Enumerable.Repeat(more, Many))).Issues);
        Assert.Equal(CelIssueKind.TooDeep, issue.Kind);
    }

    [Theory]
    [InlineData('!', "true")]
    [InlineData('-', "1")]
    public void A_row_of_signs_needs_no_stack(char sign, string operand)
    {
        var compiled = new CelEnvironment([], Long).Compile(new string(sign, Many) + operand);
        Assert.Equal(operand, compiled.Program?.Evaluate(new Dictionary<string, CelValue>()).Value.ToString());
    }

    [Fact]
    public void A_long_chain_of_logic_stays_shallow()
    {
        var text = string.Join(" || ", Enumerable.Repeat("false", 1_500)) + " || true";
        var compiled = new CelEnvironment([]).Compile(text);
        Assert.True(compiled.Program?.Evaluate(new Dictionary<string, CelValue>()).IsTrue);
    }

    [Theory]
    [InlineData("[0].map(x, ", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("-(", "1", ")")]
    [InlineData("true ? 1 : ", "1", "")]
    [InlineData("dyn(", "1", ")")]
    public void The_deepest_tree_that_is_let_through_needs_little_stack(string open, string inner, string close)
    {
        const int Depth = 245;
        var limits = Long with { MaxEstimatedCost = long.MaxValue };
        var text = string.Concat(Enumerable.Repeat(open, Depth)) + inner + string.Concat(Enumerable.Repeat(close, Depth));
        var isOk = false;
        var thread = new Thread(
            () => isOk = new CelEnvironment([], limits).Compile(text).Program?.Evaluate(new Dictionary<string, CelValue>()).IsOk ?? false,
            maxStackSize: 1024 * 1024); // Less than any thread of .NET has unless one asks for it.
        thread.Start();
        thread.Join();
        Assert.True(isOk);
    }

    [Fact]
    public void Length_and_number_of_nodes_have_limits()
    {
        Assert.Equal(CelIssueKind.TooLong, Some.Issue(new string('1', 16_385)).Kind);
        Assert.Equal(CelIssueKind.TooLong, Some.Issue(new string(' ', 100_000)).Kind);
        Assert.Equal(CelIssueKind.TooLarge, Some.Issue("[" + string.Concat(Enumerable.Repeat("1,", 6_000)) + "]").Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CelEnvironment([], new CelLimits { MaxDepth = 251 }));
    }

    [Theory]
    [InlineData("1==1&&", "true")]
    [InlineData("[]==[]||", "true")]
    [InlineData("{}=={}||", "true")]
    [InlineData("(true?[]:[1])==[1]||", "true")]
    [InlineData("[[[]]]+[[[1]]]==[]||", "true")]
    [InlineData("{1:{}}=={1:{1:2}}||", "true")]
    [InlineData("[].all(x,x==[])||", "true")]
    [InlineData("dyn(1)+dyn(1)<dyn(2)&&", "true")]
    [InlineData("'a'.matches('((a{9}){9}){9}')||", "true")]
    [InlineData("a.b.c.d.e.f==1&&", "true")]
    public void An_expression_as_long_as_is_allowed_is_compiled_or_refused_in_no_time(string piece, string last)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 16_300 / piece.Length)) + last;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var environment = new CelEnvironment([new("a", CelType.Dyn)], new CelLimits { MaxNodes = 20_000, MaxEstimatedCost = long.MaxValue });
        environment.Compile(text).Program?.Evaluate(new Dictionary<string, CelValue>());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalMilliseconds:F0} ms");
    }
}
