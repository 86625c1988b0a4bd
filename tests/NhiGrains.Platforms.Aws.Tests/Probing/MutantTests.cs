using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Aws.Tests.Probing;

/// <summary>
/// Wrong translations, applied as if they were right: observation compares with them and finds nothing, so the probes have to.
/// </summary>
public sealed class MutantTests : AwsTests
{
    private const string Window = "\"DateGreaterThanEquals\":{\"aws:CurrentTime\":[\"2026-01-01T00:00:00Z\"]},";
    private const string End = "\"DateLessThan\":{\"aws:CurrentTime\":[\"2040-01-01T00:00:00Z\"]},";
    private const string Network = "\"IpAddress\":{\"aws:SourceIp\":[\"10.8.0.0/16\"]},";
    private const string Owner = """{"s3:ResourceAccount":["123456789012"]}""";
    private const string Listing = "\"StringLike\":{\"s3:prefix\":[\"team-a/*\"]}";
    private const string Objects = "\"arn:aws:s3:::orders-prod/team-a/*\"";
    private const string Tag = """{"aws:ResourceTag/team":["a"]}""";
    private const string Secret = "\"arn:aws:secretsmanager:eu-central-1:123456789012:secret:team-a/db-??????\"";

    [Theory]
    [InlineData("a dropped end", End, "")]
    [InlineData("an end that is an hour late", "2040-01-01T00:00:00Z", "2040-01-01T01:00:00Z")]
    [InlineData("an end that is inclusive", "DateLessThan\"", "DateLessThanEquals\"")]
    [InlineData("an end in the past", "2040-01-01", "2025-01-01")]
    [InlineData("a dropped beginning", Window, "")]
    [InlineData("a beginning a day early", "2026-01-01", "2025-12-31")]
    [InlineData("a beginning in the future", "2026-01-01", "2039-01-01")]
    [InlineData("a dropped network", Network, "")]
    [InlineData("a network that is one bit wider", "10.8.0.0/16", "10.8.0.0/15")]
    [InlineData("every network", "10.8.0.0/16", "0.0.0.0/0")]
    [InlineData("another network", "10.8.0.0/16", "10.9.0.0/16")]
    [InlineData("no network when none is told", "IpAddress\"", "IpAddressIfExists\"")]
    [InlineData("a network turned round", "IpAddress\"", "NotIpAddress\"")]
    [InlineData("a dropped owner", "\"StringEquals\":" + Owner + ",", "")]
    [InlineData("another owner", Owner, """{"s3:ResourceAccount":["999999999999"]}""")]
    [InlineData("a dropped prefix of listings", "," + Listing, "")]
    [InlineData("a listing without a separator", """["team-a/*"]""", """["team-a*"]""")]
    [InlineData("a listing of everything", """["team-a/*"]""", """["*"]""")]
    [InlineData("a listing that need not say a prefix", "StringLike\"", "StringLikeIfExists\"")]
    [InlineData("a prefix without its separator", Objects, "\"arn:aws:s3:::orders-prod/team-a*\"")]
    [InlineData("a whole bucket", Objects, "\"arn:aws:s3:::orders-prod/*\"")]
    [InlineData("a bucket whose name goes on", Objects, "\"arn:aws:s3:::orders-prod*/team-a/*\"")]
    [InlineData("every resource", Objects, "\"*\"")]
    [InlineData("another bucket", Objects, "\"arn:aws:s3:::orders-prod-other/team-a/*\"")]
    [InlineData("a resource turned round", "\"Resource\":[" + Objects, "\"NotResource\":[" + Objects)]
    [InlineData("every action of the service", "\"s3:GetObject\"", "\"s3:*\"")]
    [InlineData("every action", "\"s3:GetObject\"", "\"*\"")]
    [InlineData("actions by a star", "\"s3:GetObject\"", "\"s3:*Object\"")]
    [InlineData("one action more", "\"s3:GetObject\"", "\"s3:DeleteObject\",\"s3:GetObject\"")]
    [InlineData("one action too few", "\"s3:GetObjectTagging\"", "\"s3:GetObject\"")]
    [InlineData("an action turned round", "\"Action\":[\"s3:GetObject\"", "\"NotAction\":[\"s3:GetObject\"")]
    [InlineData("a refusal", "\"Allow\"", "\"Deny\"")]
    [InlineData("a dropped tag", ",\"Condition\":{\"StringEquals\":" + Tag + "}", "")]
    [InlineData("any tag", Tag, """{"aws:ResourceTag/team":["a","a-other"]}""")]
    [InlineData("another tag", Tag, """{"aws:ResourceTag/other":["a"]}""")]
    [InlineData("a tag turned round", "\"StringEquals\":" + Tag, "\"StringNotEquals\":" + Tag)]
    [InlineData("a secret whose name goes on", Secret, "\"arn:aws:secretsmanager:eu-central-1:123456789012:secret:team-a/db-*\"")]
    [InlineData("a secret in every region", Secret, "\"arn:aws:secretsmanager:*:123456789012:secret:team-a/db-??????\"")]
    [InlineData("writing beside reading", "\"secretsmanager:GetSecretValue\"", "\"secretsmanager:GetSecretValue\",\"secretsmanager:PutSecretValue\"")]
    public async Task A_wrong_translation_is_found_by_asking(string mutant, string from, string to)
    {
        Assert.NotEmpty(mutant);
        var desired = Desired;
        var right = Plan(desired);
        var wrong = right with { Objects = [right.Objects[0] with { Body = right.Objects[0].Body.Replace(from, to, StringComparison.Ordinal) }] };
        Assert.NotEqual(right.Objects[0].Body, wrong.Objects[0].Body);

        // Before it is said, it is asked again for two seconds.
        var (services, connector) = Target.Sandbox.Place.Connector(time: new QuickTime(20, elapses: true));
        await using var _ = services;

        await connector.ApplyAsync(desired, wrong, ConnectorTarget.Valid(), Cancellation);
        var report = await connector.ProbeAsync(desired, Cancellation);

        Assert.NotNull(report);
        Assert.NotEmpty(report.Wrong);
    }

    [Fact]
    public async Task The_right_translation_is_found_right()
    {
        await ApplyAsync(Target.Connector, Desired);

        var report = await Target.Connector.ProbeAsync(Desired, Cancellation);

        Assert.NotNull(report);
        Assert.Empty(report.Wrong);
        Assert.True(report.Probes.Count > 15, $"{report.Probes.Count} probes");
    }

    private static DesiredState Desired => Own(
        "role/agent", 2,
        new DesiredEntitlement(
            AwsPlace.On("s3-object", "orders-prod", ResourceMatch.Prefix, "team-a/", Verb.List, Verb.Read) with { Conditions = new(NotBefore: At(2026), SourceCidrs: ["10.8.0.0/16"]) }, "g1", At(2040)),
        new DesiredEntitlement(
            AwsPlace.On("secretsmanager-secret", "eu-central-1", ResourceMatch.Exact, "team-a/db", Verb.Read) with { Conditions = new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }) }, "intent", null));

    private static DateTimeOffset At(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private Translation Plan(DesiredState desired) =>
        Target.Connector.Compile(new("billing", desired.Binding, desired.Entitlements, ControllerEndAllowed: false));
}
