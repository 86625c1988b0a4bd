using System.Security.Cryptography;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Certificates;
using NhiGrains.Evidence.Kubernetes;
using NhiGrains.Evidence.Provenance;
using NhiGrains.Evidence.Spiffe;
using NhiGrains.Evidence.Tests.Certificates;
using NhiGrains.Evidence.Tests.Oidc;
using NhiGrains.Evidence.Tests.Provenance;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests;

/// <summary>Which piece it is can be told for ever, and as it was told when it was verified; that makes nothing evidence.</summary>
public sealed class RecognitionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-recognition-").FullName;
    private readonly TestTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_token_is_recognised_when_it_has_ended_and_its_issuer_is_gone_and_is_refused_all_the_same()
    {
        await using var job = await CiJob.StartAsync();
        var token = new PresentedEvidence(EvidenceKind.OidcToken, null, job.Token());
        var verified = (await job.Verifying.OneAsync(token)).Value;

        job.Time.Now += TimeSpan.FromDays(2);
        job.Issuer.How = Answers.WithAnError;

        Assert.Equal([EvidenceMark.Of(verified)], job.Verifying.Recognize(token));
        Assert.Equal("EVIDENCE_UNCHECKED", (await job.Verifying.OneAsync(token)).Refusal?.Code);
        job.Issuer.How = Answers.Well;
        job.Time.Now += TimeSpan.FromMinutes(1); // It is not asked again at once.
        Assert.Equal("EVIDENCE_EXPIRED", (await job.Verifying.OneAsync(token)).Refusal?.Code);
    }

    [Fact]
    public async Task Every_kind_is_recognised_as_what_it_was_verified_as()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = new Authority(_time);
        using var certificate = authority.Issue();
        var svid = TokenKey.Ecdsa("svid");
        using var verifying = new Verifying(
            _time,
            new SpiffeTrust { Name = "mesh", TrustDomain = "prod.example", Audiences = ["nhigrains"], BundleFile = Write("bundle.json", System.Text.Json.JsonSerializer.Serialize(new { keys = new[] { svid.Published("jwt-svid") } })) },
            new ProvenanceTrust { Name = "builds", KeyFiles = new Dictionary<string, string>(StringComparer.Ordinal) { ["builder"] = Write("builder.pem", key.ExportSubjectPublicKeyInfoPem()) } },
            new CertificateTrust { Name = "agents", CaFile = Write("ca.pem", authority.Pem) });
        var statement = Build.Statement(_time);
        PresentedEvidence[] all =
        [
            new(EvidenceKind.SpiffeSvid, null, svid.Sign(new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = "spiffe://prod.example/app", ["aud"] = "nhigrains", ["exp"] = _time.Now.AddMinutes(5).ToUnixTimeSeconds(),
            })),
            new(EvidenceKind.Provenance, "builds", Build.Envelope(statement, "builder", Build.Sign(key, Build.Encoded(Build.PayloadType, statement)))),
            new(EvidenceKind.ClientCertificate, null, null) { Certificate = certificate.RawData },
        ];

        var verified = await verifying.AllAsync(all);
        _time.Now += TimeSpan.FromDays(2);

        Assert.Equal(["mesh", "builds", "agents"], verified.Value.Select(one => one.Trust));
        Assert.Equal(verified.Value.Select(EvidenceMark.Of), verifying.Recognize(all));
        Assert.Equal("EVIDENCE_EXPIRED", (await verifying.AllAsync(all)).Refusal?.Code);
    }

    [Fact]
    public async Task A_cluster_is_not_asked_for_it()
    {
        await using var job = await CiJob.StartAsync();
        using var verifying = new Verifying(_time, new KubernetesTrust { Name = "cluster", Api = new("https://127.0.0.1:1"), CredentialFile = Write("ours", "ours"), Audiences = [CiJob.Audience] });
        var token = job.Token();

        var mark = Assert.Single(verifying.Recognize(new PresentedEvidence(EvidenceKind.KubernetesToken, null, token)) ?? []);

        Assert.Equal(("cluster", (await job.Verifying.OneAsync(EvidenceKind.OidcToken, token)).Value.Digest), (mark.Trust, mark.Digest));
    }

    [Fact]
    public async Task What_cannot_be_read_or_is_of_nobody_is_not_recognised_nor_what_comes_with_it()
    {
        await using var job = await CiJob.StartAsync();
        var good = new PresentedEvidence(EvidenceKind.OidcToken, null, job.Token());
        PresentedEvidence[] bad =
        [
            good with { Value = "x" }, good with { Value = null }, good with { Value = new string('x', 200_000) }, good with { Trust = "nobody" }, good with { Kind = EvidenceKind.Provenance },
            new(EvidenceKind.ClientCertificate, null, null) { Certificate = new byte[] { 1, 2, 3 } },
        ];

        Assert.All(bad, one => Assert.Null(job.Verifying.Recognize(good, one)));
        Assert.Null(job.Verifying.Recognize([.. Enumerable.Repeat(good, 6)]));
        // Another text is another piece.
        Assert.NotEqual(job.Verifying.Recognize(good), job.Verifying.Recognize(good with { Value = job.Token(claims => claims["ref"] = "refs/heads/other") }));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
