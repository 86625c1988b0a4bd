using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Aws.Tests.Compiling;

public class CompilerTests
{
    private const string Region = "eu-central-1";

    [Theory]
    [InlineData("s3-object", "orders-prod", "a*b")]
    [InlineData("s3-object", "orders-prod", "a?b")]
    [InlineData("s3-object", "orders-prod", "${aws:username}")]
    [InlineData("s3-object", "orders-prod", "a\"b")]
    [InlineData("s3-object", "orders*", "a")]
    [InlineData("s3-bucket", "", "arn:aws:s3:::orders")]
    [InlineData("sqs-queue", Region, "arn:aws:sqs:eu-central-1:999999999999:orders")]
    [InlineData("sqs-queue", "*", "orders")]
    [InlineData("sqs-queue", "eu-central-1:999999999999", "orders")]
    [InlineData("lambda-function", Region, "orders:live")]
    [InlineData("dynamodb-table", Region, "orders/index/by-day")]
    [InlineData("iam-role", "", "999999999999:role/deployer")]
    [InlineData("iam-role", "", "team/*")]
    public void Metacharacters_and_resources_of_another_account_are_refused(string type, string container, string name) =>
        Assert.Contains(Compiled.Refusal(Compiled.Of(AwsPlace.On(type, container, ResourceMatch.Exact, name, Catalogue.Current.Find(type)!.Verbs.ContainsKey("read") ? Verb.Read : Verb.Write))).Code, // A type of the catalogue.
            (string[])["MALFORMED_RESOURCE", "BUCKET_REQUIRED", "REGION_REQUIRED"]);

    [Fact]
    public void A_secret_by_its_name_is_that_one_whatever_aws_adds_to_it()
    {
        // Six characters and no star: 'database-*' would match the secret 'database-old' as well.
        Assert.Contains("secret:team-a/database-??????\"", Compiled.Of(Secret(ResourceMatch.Exact, "team-a/database")).Objects[0].Body, StringComparison.Ordinal);
        Assert.Equal("MALFORMED_RESOURCE", Compiled.Refusal(Compiled.Of(Secret(ResourceMatch.Exact, "team-a/database-??????"))).Code);
    }

    [Fact]
    public void A_prefix_of_secrets_never_ends_where_the_characters_of_aws_begin()
    {
        // 'db-*' would match the secret 'db', whose ARN ends with 'db-' and six characters.
        Assert.Equal("MALFORMED_RESOURCE", Compiled.Refusal(Compiled.Of(Secret(ResourceMatch.Prefix, "db-"))).Code);
        Assert.Contains("secret:team-a/*\"", Compiled.Of(Secret(ResourceMatch.Prefix, "team-a/")).Objects[0].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws:s3:PutLifecycleConfiguration")]
    [InlineData("aws:s3:PutBucketVersioning")]
    public void What_lets_a_bucket_lose_its_objects_is_no_part_of_write_and_has_to_be_named(string action)
    {
        var write = AwsPlace.On("s3-bucket", "", ResourceMatch.Exact, "orders-prod", Verb.Write);

        Assert.DoesNotContain(action["aws:".Length..], Compiled.Of(write).Objects[0].Body, StringComparison.Ordinal);
        Assert.Contains(action["aws:".Length..], Compiled.Of(write with { NativeActions = [action] }).Objects[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listing_by_one_name_is_refused_because_it_shows_the_neighbours() =>
        Assert.Equal("LIST_SHOWS_NEIGHBOURS", Compiled.Refusal(Compiled.Of(AwsPlace.On("s3-object", "orders-prod", ResourceMatch.Exact, "team-a", Verb.List))).Code);

    [Fact]
    public void What_is_unknown_is_refused_with_the_nearest_names()
    {
        Assert.Contains("'sqs-queue'", Compiled.Refusal(Compiled.Of(AwsPlace.On("sqs-queues", Region, ResourceMatch.All, null, Verb.Read))).Remedy, StringComparison.Ordinal);
        Assert.Contains("READ", Compiled.Refusal(Compiled.Of(AwsPlace.On("sqs-queue", Region, ResourceMatch.All, null, Verb.Invoke))).Remedy, StringComparison.Ordinal);
        Assert.Contains("'s3:GetObjectVersion'", Compiled.Refusal(Compiled.Of(Native("aws:s3:GetObjectVersions"))).Remedy, StringComparison.Ordinal);
        Assert.Equal("INVALID_NATIVE_ACTION", Compiled.Refusal(Compiled.Of(Native("s3:GetObjectVersion"))).Code);
        Assert.Equal("ACTION_WITHOUT_RESOURCE", Compiled.Refusal(Compiled.Of(Native("aws:sqs:PurgeQueue"))).Code);
        Assert.Equal("WRONG_PLATFORM", Compiled.Refusal(Compiled.Of(Native() with { Platform = "aws:other" })).Code);
        Assert.Equal("INVALID_PRINCIPAL", Compiled.Refusal(Compiled.Of("group/devs", consents: false)).Code);
    }

    [Fact]
    public void A_native_action_is_given_by_its_name_and_on_its_resources_alone()
    {
        var body = Compiled.Of(Native("aws:s3:GetObjectVersion")).Objects[0].Body;

        Assert.Contains("\"s3:GetObjectVersion\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"*\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws:s3:PutBucketPolicy")]
    [InlineData("aws:s3:PutObjectAcl")]
    [InlineData("aws:lambda:UpdateFunctionCode")]
    [InlineData("aws:sqs:SetQueueAttributes")]
    public void What_hands_out_access_is_not_given_and_stands_behind_no_verb(string action)
    {
        Assert.Equal("HANDS_OUT_ACCESS", Compiled.Refusal(Compiled.Of(Native(action))).Code);
        Assert.DoesNotContain(Catalogue.Current.Types.Where(type => type.Type != "iam-role").SelectMany(type => type.Verbs.Values.SelectMany(actions => actions)), Catalogue.HandsOutAccess);
    }

    [Fact]
    public void A_role_is_given_by_name_and_what_outlasts_an_end_is_said_or_refused()
    {
        var role = AwsPlace.On("iam-role", "", ResourceMatch.Exact, "deployer", Verb.UseCredential);

        Assert.Equal("NAME_REQUIRED", Compiled.Refusal(Compiled.Of(AwsPlace.On("iam-role", "", ResourceMatch.All, null, Verb.UseCredential))).Code);
        Assert.IsType<Fidelity.Exact>(Compiled.Of(role).Fidelity);
        Assert.Equal("END_NOT_NATIVE", Compiled.Refusal(Compiled.Ending(role)).Code);
        Assert.Equal(TimeSpan.FromHours(1), Assert.IsType<Fidelity.ControllerEnforced>(Compiled.Ending(role, consents: true).Fidelity).WorstCaseLag);
        Assert.Equal(TimeSpan.FromHours(12), Assert.IsType<Fidelity.ControllerEnforced>(Compiled.Ending(role, consents: true, "user/billing").Fidelity).WorstCaseLag);
        var pass = role with { Verbs = [], NativeActions = ["aws:iam:PassRole"] };
        Assert.IsType<Fidelity.Exact>(Compiled.Of(pass).Fidelity);
        Assert.Equal("PASSED_ROLE_HAS_NO_END", Compiled.Refusal(Compiled.Ending(pass, consents: true)).Code);
    }

    [Fact]
    public void An_end_is_exact_without_consent_and_never_later_than_asked()
    {
        var end = new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        var asked = AwsPlace.On("s3-object", "orders-prod", ResourceMatch.All, null, Verb.Read) with { Conditions = new(NotBefore: end.AddDays(-1)) };
        var plan = Compiled.Of("role/billing", consents: false, new DesiredEntitlement(asked, "g1", end));

        Assert.IsType<Fidelity.Exact>(plan.Fidelity);
        Assert.Contains("""
            "DateGreaterThanEquals":{"aws:CurrentTime":["2030-01-01T03:04:06Z"]},"DateLessThan":{"aws:CurrentTime":["2030-01-02T03:04:05Z"]}
            """.Trim(), plan.Objects[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_are_a_condition_where_aws_knows_them_and_refused_elsewhere()
    {
        var tags = new Conditions(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" });

        Assert.Contains("\"aws:ResourceTag/team\":[\"a\"]", Compiled.Of(Secret(ResourceMatch.Prefix, "team-a/") with { Conditions = tags }).Objects[0].Body, StringComparison.Ordinal);
        Assert.Equal("CONDITION_NOT_SUPPORTED", Compiled.Refusal(Compiled.Of(Native() with { Conditions = tags })).Code);
        var wild = new Conditions(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "${aws:PrincipalTag/team}" });
        Assert.Equal("MALFORMED_TAG", Compiled.Refusal(Compiled.Of(Secret(ResourceMatch.Prefix, "team-a/") with { Conditions = wild })).Code);
    }

    [Theory]
    [InlineData("role/billing", 100, 10_240)]
    [InlineData("user/billing", 20, 2_048)]
    public void A_policy_that_is_larger_than_aws_allows_is_refused_with_how_much(string principal, int names, int limit)
    {
        var many = Native() with { Resources = [.. Enumerable.Range(0, names).Select(i => new ResourceSelector("s3-object", "orders-prod", ResourceMatch.Exact, $"{new string('x', 100)}{i}"))] };

        var refused = Compiled.Refusal(Compiled.Of(principal, consents: false, new DesiredEntitlement(many, "intent", null)));

        Assert.Equal("POLICY_TOO_LARGE", refused.Code);
        Assert.Contains(limit.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_with_an_action_that_is_unknown_is_not_loaded()
    {
        using var data = new MemoryStream("""{"version":1,"actions":["s3:GetObject"],"handsOutAccess":[],"types":[{"type":"t","container":"none","arn":"","names":"","prefixes":"","example":"","verbs":{"read":["s3:GetObjekt"]},"native":[],"tagged":[]}]}"""u8.ToArray());

        Assert.Contains("s3:GetObject", Assert.Throws<CatalogueException>(() => PlatformCatalogue<AwsType>.Load(data)).Message, StringComparison.Ordinal);
    }

    private static Entitlement Native(params string[] actions) =>
        AwsPlace.On("s3-object", "orders-prod", ResourceMatch.All, null, Verb.Read) with { NativeActions = actions };

    private static Entitlement Secret(ResourceMatch match, string name) => AwsPlace.On("secretsmanager-secret", Region, match, name, Verb.Read);
}
