using System.Globalization;
using NhiGrains.Sandbox.Gcp.Conditions;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>Examples of Google's documentation of IAM conditions, and of CEL's specification.</summary>
public class ConditionTests
{
    private static readonly ConditionContext Noon = new(
        DateTimeOffset.Parse("2026-06-01T12:00:00Z", CultureInfo.InvariantCulture),
        "projects/_/buckets/shop-orders/objects/team-a/1.json",
        "storage.googleapis.com/Object",
        "storage.googleapis.com");

    [Theory]
    [InlineData("request.time < timestamp(\"2026-06-01T12:00:01Z\")", true)]
    [InlineData("request.time < timestamp(\"2026-06-01T12:00:00Z\")", false)]
    [InlineData("request.time <= timestamp('2026-06-01T12:00:00Z')", true)]
    [InlineData("request.time < timestamp(\"2026-06-01T14:00:01+02:00\")", true)]
    [InlineData("request.time < timestamp(\"2026-06-01T14:00:00+02:00\")", false)]
    [InlineData("request.time >= timestamp('2026-06-01T00:00:00Z') && request.time < timestamp('2026-06-02T00:00:00Z')", true)]
    [InlineData("resource.name.startsWith(\"projects/_/buckets/shop-orders/objects/team-a/\")", true)]
    [InlineData("resource.name.startsWith(\"projects/_/buckets/shop-orders/objects/team-ab\")", false)]
    [InlineData("resource.name.startsWith('Projects/')", false)]
    [InlineData("resource.name.endsWith('.json')", true)]
    [InlineData("resource.name == 'projects/_/buckets/shop-orders/objects/team-a/1.json'", true)]
    [InlineData("resource.name != 'projects/_/buckets/shop-orders/objects/team-a/1.json'", false)]
    [InlineData("resource.type == 'storage.googleapis.com/Object' && resource.service == 'storage.googleapis.com'", true)]
    [InlineData("resource.type != 'storage.googleapis.com/Bucket' || resource.name.startsWith('x')", true)]
    [InlineData("!(resource.type == 'storage.googleapis.com/Object')", false)]
    [InlineData("!!true", true)]
    [InlineData("true || false && false", true)]
    [InlineData("(true || false) && false", false)]
    [InlineData("'a\\'b' == \"a'b\"", true)]
    public void A_documented_example_evaluates_as_documented(string expression, bool expected) =>
        Assert.Equal(expected, CelParser.Parse(expression).Evaluate(Noon));

    [Theory]
    [InlineData("request.time < timestamp('yesterday')", null)]
    [InlineData("!(request.time < timestamp('yesterday'))", null)]
    [InlineData("request.time < timestamp('yesterday') || true", true)]
    [InlineData("true || request.time < timestamp('yesterday')", true)]
    [InlineData("request.time < timestamp('yesterday') && false", false)]
    [InlineData("request.time < timestamp('yesterday') && true", null)]
    public void An_error_is_kept_unless_the_other_side_decides(string expression, bool? expected) =>
        Assert.Equal(expected, CelParser.Parse(expression).Evaluate(Noon));

    [Theory]
    [InlineData("", 0)]
    [InlineData("resource.name", 0)]
    [InlineData("true &&", 7)]
    [InlineData("true true", 5)]
    [InlineData("(true", 5)]
    [InlineData("request.time < 'x'", 13)]
    [InlineData("request.time.getHours('UTC') == true", 13)]
    [InlineData("destination.ip == 'x'", 0)]
    [InlineData("resource.name.matches('.*')", 14)]
    [InlineData("resource.name == 'open", 17)]
    [InlineData("resource.name == `x`", 17)]
    [InlineData("timestamp(resource.name) < request.time", 10)]
    [InlineData("'\\x41' == 'A'", 2)]
    public void What_is_not_known_is_refused_with_its_position(string expression, int position) =>
        Assert.Equal(position, Assert.Throws<CelException>(() => CelParser.Parse(expression)).Position);

    [Fact]
    public void A_condition_has_at_most_twelve_logical_operators()
    {
        string Of(int operators) => string.Join(" && ", Enumerable.Repeat("true", operators + 1));

        CelParser.Parse(Of(12));
        Assert.Throws<CelException>(() => CelParser.Parse(Of(13)));
    }

    [Fact]
    public void Parentheses_without_end_are_refused_and_overflow_nothing() =>
        Assert.Throws<CelException>(() => CelParser.Parse(new string('(', 100_000)));
}
