namespace NhiGrains.Cel.Tests.Evaluation;

/// <summary>What an evaluation is given.</summary>
public sealed class AttributesTests
{
    [Fact]
    public void An_attribute_that_is_missing_or_of_another_type_is_an_error_only_where_it_is_needed()
    {
        var environment = new CelEnvironment([new("a", CelType.Int), new("b", CelType.Bool)]);
        var program = environment.Compile("a == 1 || b").Program;
        Assert.Equal(CelErrorKind.UnboundAttribute, Evaluate(program, ("b", CelValue.Of(false))).Error?.Kind);
        Assert.Equal(CelErrorKind.AttributeType, Evaluate(program, ("a", CelValue.Of("1")), ("b", CelValue.Of(false))).Error?.Kind);
        Assert.True(Evaluate(program, ("b", CelValue.Of(true))).IsTrue);
        Assert.True(Evaluate(program, ("a", CelValue.Of(1L))).IsTrue);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("1a")]
    [InlineData("while")]
    [InlineData("a.in")]
    public void An_attribute_whose_name_no_expression_could_use_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new CelEnvironment([new(name, CelType.Int)]));

    [Fact]
    public void One_program_evaluates_on_many_threads_at_once()
    {
        var program = new CelEnvironment([new("n", CelType.Int)]).Compile("[1, 2, 3].map(x, [n].map(y, x * y)[0])").Program;
        Parallel.For(0, 10_000, n =>
        {
            var result = Evaluate(program, ("n", CelValue.Of((long)n)));
            Assert.Equal(CelValue.List([CelValue.Of((long)n), CelValue.Of(2L * n), CelValue.Of(3L * n)]), result.Value);
        });
    }

    [Fact]
    public void Values_are_what_they_were_made_of()
    {
        var instant = new DateTimeOffset(1969, 12, 31, 23, 59, 59, 500, TimeSpan.Zero);
        Assert.Equal((-1L, 500_000_000), CelValue.Of(instant).AsTimestamp);
        Assert.Equal((-1L, -500_000_000), CelValue.Of(TimeSpan.FromSeconds(-1.5)).AsDuration);
        Assert.Throws<ArgumentException>(() => CelValue.Of("\ud800"));
        Assert.Throws<ArgumentException>(() => CelValue.Map([KeyValuePair.Create(CelValue.Of(1L), CelValue.Null), KeyValuePair.Create(CelValue.Of(1UL), CelValue.Null)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CelValue.Timestamp(253_402_300_800));
        Assert.Throws<ArgumentOutOfRangeException>(() => CelValue.Duration(1, -1));
        Assert.Throws<InvalidOperationException>(() => CelValue.Null.AsInt);
        Assert.Equal(CelValue.Of(double.NaN), CelValue.Of(double.NaN));
        Assert.NotEqual(CelValue.Of(1L), CelValue.Of(1UL));
        Assert.Equal(CelType.Map(CelType.String, CelType.List(CelType.Int)), CelType.Parse("map(string, list(int))"));
        Assert.Null(CelType.Parse("list"));
        Assert.Null(CelType.Parse(string.Concat(Enumerable.Repeat("list(", 100_000))));
    }

    private static CelResult Evaluate(CelProgram? program, params (string Name, CelValue Value)[] attributes)
    {
        Assert.NotNull(program);
        return program.Evaluate(attributes.ToDictionary(a => a.Name, a => a.Value));
    }
}
