using Microsoft.Extensions.DependencyInjection;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

public class OptionsTests
{
    private static readonly KubernetesPlatformOptions Good = new() { Platform = "k8s:test" };

    public static TheoryData<KubernetesPlatformOptions, string> Wrong => new()
    {
        { Good with { Platform = "Test" }, "Platform" },
        { Good with { RequestTimeout = TimeSpan.Zero }, "RequestTimeout" },
        { Good with { ControllerLag = TimeSpan.FromDays(1) }, "ControllerLag" },
        { Good with { CredentialEndLag = TimeSpan.FromHours(1) }, "CredentialEndLag" },
        { Good with { Kubeconfig = "/no/such/file" }, "/no/such/file" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named(KubernetesPlatformOptions options, string named)
    {
        var failure = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddKubernetesPlatform(options));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusters: [")]
    [InlineData("just text with a secret")]
    [InlineData("")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: none\nclusters: []\nusers: []\ncontexts: []\n")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1', certificate-authority-data: '!secret!'}}]\nusers: [{name: u, user: {token: secret}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n")]
    public async Task A_kubeconfig_that_cannot_be_used_is_said_without_its_contents(string content)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

            var failure = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddKubernetesPlatform(Good with { Kubeconfig = path }));

            Assert.Contains("k8s:test", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
