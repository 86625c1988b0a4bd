namespace NhiGrains.Platforms.Aws.Tests.Api;

public class OptionsTests
{
    private static readonly AwsPlatformOptions Good = new() { Platform = "aws:prod", AccountId = "123456789012" };

    public static TheoryData<string, AwsPlatformOptions> Wrong => new()
    {
        { "Platform", Good with { Platform = "prod" } },
        { "AccountId", Good with { AccountId = "1234" } },
        { "Region", Good with { Region = "europe" } },
        { "Endpoint", Good with { Endpoint = new("http://iam.example.com/") } },
        { "Endpoint", Good with { Endpoint = new("/relative", UriKind.Relative) } },
        { "TrustedPrincipalArn", Good with { TrustedPrincipalArn = "arn:aws:iam::999999999999:role/other" } },
        { "RequestTimeout", Good with { RequestTimeout = TimeSpan.Zero } },
        { "PropagationLag", Good with { PropagationLag = TimeSpan.FromDays(1) } },
        { "Budget", Good with { Budget = new() { CallsPerSecond = 0 } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_named(string name, AwsPlatformOptions options) => Assert.StartsWith(name, options.Problem(), StringComparison.Ordinal);

    [Fact]
    public void The_defaults_are_right_and_lead_to_aws_itself()
    {
        Assert.Null(Good.Problem());
        Assert.Equal("https://iam.amazonaws.com/", Good.IamEndpoint.AbsoluteUri);
        Assert.Equal("https://sts.eu-central-1.amazonaws.com/", (Good with { Region = "eu-central-1" }).StsEndpoint.AbsoluteUri);
        Assert.Equal(("aws-cn", "cn-north-1"), ((Good with { Region = "cn-northwest-1" }).Partition, (Good with { Region = "cn-northwest-1" }).IamRegion));
    }

    [Fact]
    public void A_secret_is_not_printed() =>
        Assert.DoesNotContain("hush", (Good with { Credentials = new("AKIA1", "hush", "hush-too") }).ToString(), StringComparison.Ordinal);
}
