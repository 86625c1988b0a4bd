using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Kubernetes;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Kubernetes;

/// <summary>Answers that a real cluster does not give, or only an old one.</summary>
public sealed class ReviewTests : IAsyncLifetime
{
    private readonly string _credential = Path.GetTempFileName();
    private readonly TestTime _time = new();
    private WebApplication? _api;
    private string _answer = "";

    private WebApplication Api => _api ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _api = builder.Build();
        _api.MapPost("/cluster/apis/authentication.k8s.io/v1/tokenreviews", () => Results.Text(_answer, statusCode: StatusCodes.Status201Created));
        await _api.StartAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_credential, "ours", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        File.Delete(_credential);
    }

    [Theory]
    [InlineData("""{"status":{"authenticated":true,"audiences":["nhigrains"],"user":{"username":"system:serviceaccount:shop:app"}}}""", "OK")]
    [InlineData("""{"status":{"authenticated":true,"user":{"username":"system:serviceaccount:shop:app"}}}""", "EVIDENCE_AUDIENCE_REFUSED")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["https://kubernetes"],"user":{"username":"system:serviceaccount:shop:app"}}}""", "EVIDENCE_AUDIENCE_REFUSED")]
    [InlineData("""{"status":{"authenticated":"true","audiences":["nhigrains"],"user":{"username":"system:serviceaccount:shop:app"}}}""", "EVIDENCE_NOT_CONFIRMED")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["nhigrains"],"user":{"username":"admin"}}}""", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["nhigrains"],"user":{"username":"system:serviceaccount:shop"}}}""", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["nhigrains"],"user":7}}""", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("""{"status":{"authenticated":false,"authenticated":true}}""", "EVIDENCE_UNCHECKED")]
    [InlineData("""{"kind":"Status"}""", "EVIDENCE_UNCHECKED")]
    [InlineData("<html>", "EVIDENCE_UNCHECKED")]
    public async Task An_answer_is_read_strictly(string answer, string code)
    {
        _answer = answer;
        using var verifying = new Verifying(_time, new KubernetesTrust { Name = "cluster", Api = new($"{Api.Urls.Single()}/cluster/"), CredentialFile = _credential, Audiences = ["nhigrains"] });
        var now = _time.Now.ToUnixTimeSeconds();
        Assert.Equal(code, await verifying.CodeAsync(EvidenceKind.KubernetesToken, TokenKey.Rsa().Sign(new { aud = new[] { "nhigrains" }, iat = now, exp = now + 600 })));
    }
}
