using Microsoft.Extensions.DependencyInjection;

namespace NhiGrains.Platforms.Gcp.Tests.Api;

public class OptionsTests
{
    private static readonly GcpPlatformOptions Good = new() { Platform = "gcp:shop", ProjectId = "shop-prod", AccessToken = "a-secret-token" };

    public static TheoryData<GcpPlatformOptions, string> Wrong => new()
    {
        { Good with { Platform = "Shop" }, "Platform" },
        { Good with { ProjectId = "123456789012" }, "ProjectId" },
        { Good with { ProjectId = "shop-prod/../other" }, "ProjectId" },
        { Good with { ProjectNumber = "twelve" }, "ProjectNumber" },
        { Good with { Services = ["bigtable"] }, "bigtable" },
        { Good with { RunRegions = ["europe-west1/services"] }, "RunRegions" },
        { Good with { RequestTimeout = TimeSpan.Zero }, "RequestTimeout" },
        { Good with { TokenLifetime = TimeSpan.FromHours(2) }, "TokenLifetime" },
        { Good with { ControllerLag = TimeSpan.FromDays(1) }, "ControllerLag" },
        { Good with { Budget = new() { CallsPerSecond = 0 } }, "CallsPerSecond" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named(GcpPlatformOptions options, string named)
    {
        var failure = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddGcpPlatform(options));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_is_not_printed() => Assert.DoesNotContain("a-secret-token", $"{Good}", StringComparison.Ordinal);

    [Fact]
    public void Without_an_endpoint_each_service_is_called_at_Googles_own_host()
    {
        using var services = new ServiceCollection().AddGcpPlatform(Good).BuildServiceProvider();
        Assert.Equal("gcp:shop", services.GetRequiredService<IPlatformConnector>().Name);

        using var google = new Gcp.Api.GoogleServices(new(Google.Apis.Auth.OAuth2.GoogleCredential.FromAccessToken("token"), null, TimeSpan.FromSeconds(1), new(new(), TimeProvider.System)));
        Assert.Equal("https://iam.googleapis.com/", google.Iam.BaseUri);
        Assert.Equal("https://storage.googleapis.com/storage/v1/", google.Storage.BaseUri);
        Assert.Equal("https://policytroubleshooter.googleapis.com/", google.Troubleshooter.BaseUri);
    }
}
