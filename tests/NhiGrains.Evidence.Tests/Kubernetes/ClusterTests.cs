using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Kubernetes;
using NhiGrains.Evidence.Tests.World;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Evidence.Tests.Kubernetes;

/// <summary>A real kube-apiserver that issues tokens and is asked about them.</summary>
public sealed partial class ClusterTests(RealCluster cluster) : IClassFixture<RealCluster>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-review-").FullName;
    private readonly TestTime _time = new() { Now = TimeProvider.System.GetUtcNow() };

    private KubeApiServer Server => cluster.Server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_token_of_the_cluster_says_whose_it_is_until_its_pod_is_gone()
    {
        using var verifying = new Verifying(_time, Trust());
        await cluster.CreateAsync("api/v1/namespaces/shop/pods", new { metadata = new { name = "app-1" }, spec = new { serviceAccountName = "app", containers = new[] { new { name = "c", image = "i" } } } });
        var token = await TokenAsync("nhigrains", boundTo: "app-1");

        var evidence = (await verifying.OneAsync(EvidenceKind.KubernetesToken, token)).Value;

        Assert.Equal("system:serviceaccount:shop:app", evidence.Subject);
        Assert.Equal(("shop", "app", "app-1"), (evidence.Claims["namespace"], evidence.Claims["serviceaccount"], evidence.Claims["pod"]));
        Assert.InRange(evidence.ExpiresAt - _time.Now, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11));

        using var client = Server.ClientWith(Server.AdminToken);
        using var gone = await client.DeleteAsync(new Uri("api/v1/namespaces/shop/pods/app-1?gracePeriodSeconds=0", UriKind.Relative), Cancellation);
        await NhiGrains.Platforms.TestKit.Waiting.Eventually.TrueAsync(
            async () => await verifying.CodeAsync(EvidenceKind.KubernetesToken, token) == "EVIDENCE_NOT_CONFIRMED", TimeSpan.FromSeconds(30), () => "The token of a deleted pod still counts.", Cancellation);
    }

    [Fact]
    public async Task What_the_cluster_did_not_issue_for_us_is_refused()
    {
        using var verifying = new Verifying(_time, Trust());
        var token = await TokenAsync("nhigrains");
        var parts = token.Split('.');

        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.KubernetesToken, token));
        Assert.Equal("EVIDENCE_AUDIENCE_REFUSED", await verifying.CodeAsync(EvidenceKind.KubernetesToken, await TokenAsync("another")));
        Assert.Equal("EVIDENCE_NOT_CONFIRMED", await verifying.CodeAsync(EvidenceKind.KubernetesToken, $"{parts[0]}.{parts[1]}.{TokenKey.Encode("no signature")}"));
        Assert.Equal("EVIDENCE_NOT_CONFIRMED", await verifying.CodeAsync(EvidenceKind.KubernetesToken, TokenKey.Rsa().Sign(JsonSerializer.Deserialize<JsonElement>(Payload(parts[1])))));
        Assert.Equal("EVIDENCE_ALGORITHM_NONE", await verifying.CodeAsync(EvidenceKind.KubernetesToken, $"{TokenKey.Encode("""{"alg":"none"}""")}.{parts[1]}."));
        _time.Now += TimeSpan.FromHours(1);
        Assert.Equal("EVIDENCE_EXPIRED", await verifying.CodeAsync(EvidenceKind.KubernetesToken, token));
    }

    [Fact]
    public async Task A_cluster_that_does_not_know_us_or_is_not_the_one_we_know_checks_nothing()
    {
        var token = await TokenAsync("nhigrains");
        using var denied = new Verifying(_time, Trust(credential: token));
        Assert.Equal("EVIDENCE_UNCHECKED", await denied.CodeAsync(EvidenceKind.KubernetesToken, token));
        using var impostor = new Verifying(_time, Trust() with { CaFile = null });
        Assert.Equal("EVIDENCE_UNCHECKED", await impostor.CodeAsync(EvidenceKind.KubernetesToken, token));
        Assert.Contains("does not review tokens", $"{denied.Log}", StringComparison.Ordinal);
    }

    private KubernetesTrust Trust(string? credential = null)
    {
        var (token, ca) = (Path.Combine(_folder, "token"), Path.Combine(_folder, "ca.pem"));
        File.WriteAllText(token, credential ?? Server.AdminToken);
        File.WriteAllBytes(ca, Convert.FromBase64String(Authority().Match(File.ReadAllText(Server.Kubeconfig)).Groups["ca"].Value));
        return new() { Name = "cluster", Api = Server.Address, CredentialFile = token, CaFile = ca, Audiences = ["nhigrains"] };
    }

    private async Task<string> TokenAsync(string audience, string? boundTo = null)
    {
        object? bound = boundTo is null ? null : new { kind = "Pod", apiVersion = "v1", name = boundTo };
        var answer = await cluster.CreateAsync("api/v1/namespaces/shop/serviceaccounts/app/token", new { spec = new { audiences = new[] { audience }, expirationSeconds = 600, boundObjectRef = bound } });
        _time.Now = TimeProvider.System.GetUtcNow(); // The cluster says when it was issued, by its own clock.
        return answer.GetProperty("status").GetProperty("token").GetString() ?? "";
    }

    private static string Payload(string part) => Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(part));

    [GeneratedRegex("certificate-authority-data: (?<ca>[A-Za-z0-9+/=]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Authority();
}
