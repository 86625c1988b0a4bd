using System.Security.Cryptography.X509Certificates;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Certificates;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Certificates;

public sealed class CertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-certificates-").FullName;
    private readonly TestTime _time = new();
    private readonly Authority _authority;
    private readonly Verifying _verifying;

    public CertificateTests()
    {
        _authority = new(_time);
        _verifying = new(_time, Trust("agents", _authority.Pem));
    }

    public void Dispose()
    {
        _verifying.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_certificate_says_whom_it_names()
    {
        using var certificate = _authority.Issue(names: names =>
        {
            names.AddUri(new("spiffe://prod.example/build/7"));
            names.AddDnsName("build-7.example");
            names.AddEmailAddress("nobody@example.com");
        });

        var evidence = (await OneAsync(certificate)).Value;

        Assert.Equal(("agents", "spiffe://prod.example/build/7", new DateTimeOffset(certificate.NotAfter.ToUniversalTime())), (evidence.Trust, evidence.Subject, evidence.ExpiresAt));
        Assert.Equal(
            [
                """dns ["build-7.example"]""", "issuer CN=Test CA", "serial 010203", "spiffeId spiffe://prod.example/build/7", "subject CN=build-7",
                $"thumbprint {certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant()}", """uris ["spiffe://prod.example/build/7"]""",
            ],
            evidence.Claims.Select(claim => $"{claim.Key} {claim.Value}"));
    }

    [Fact]
    public async Task Two_names_that_could_be_the_SPIFFE_ID_are_none()
    {
        using var certificate = _authority.Issue(names: names =>
        {
            names.AddUri(new("spiffe://prod.example/a"));
            names.AddUri(new("spiffe://prod.example/b"));
        });
        var evidence = (await OneAsync(certificate)).Value;
        Assert.Equal("CN=build-7", evidence.Subject);
        Assert.False(evidence.Claims.ContainsKey("spiffeId"));
    }

    [Fact]
    public async Task An_intermediate_authority_counts_when_it_is_in_the_bundle()
    {
        using var between = new Authority(_time, "CN=Intermediate", _authority);
        using var certificate = between.Issue();
        using var knows = new Verifying(_time, Trust("whole", between.Pem));
        Assert.Equal("OK", (await OneAsync(certificate, knows)).Refusal?.Code ?? "OK");
        Assert.Equal("EVIDENCE_CERTIFICATE_UNTRUSTED", await CodeAsync(certificate));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_of_the_same_name_is_refused()
    {
        using var impostor = new Authority(_time);
        using var certificate = impostor.Issue();
        Assert.Equal("EVIDENCE_CERTIFICATE_UNTRUSTED", await CodeAsync(certificate));
    }

    [Fact]
    public async Task A_certificate_that_signed_itself_or_was_signed_by_another_client_is_refused()
    {
        using var client = _authority.Issue();
        using var key = client.GetECDsaPrivateKey();
        var request = new CertificateRequest("CN=admin", key ?? throw new InvalidOperationException("No key."), System.Security.Cryptography.HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.2")], critical: false));
        using var self = request.CreateSelfSigned(_time.Now.AddHours(-1), _time.Now.AddHours(1));
        using var bySubject = request.Create(client.SubjectName, X509SignatureGenerator.CreateForECDsa(key), _time.Now.AddHours(-1), _time.Now.AddHours(1), [9]);
        Assert.Equal("EVIDENCE_CERTIFICATE_UNTRUSTED", await CodeAsync(self));
        Assert.Equal("EVIDENCE_CERTIFICATE_UNTRUSTED", await CodeAsync(bySubject));
    }

    [Fact]
    public async Task What_is_over_not_begun_or_for_something_else_is_refused()
    {
        using var expired = _authority.Issue(until: TimeSpan.FromSeconds(-1));
        using var early = _authority.Issue(from: TimeSpan.FromMinutes(1));
        using var server = _authority.Issue(usage: Authority.Servers);
        using var forAll = _authority.Issue(usage: null);
        using var authority = _authority.Issue(authority: true);
        using var nameless = _authority.Issue(subject: "");
        Assert.Equal("EVIDENCE_EXPIRED", await CodeAsync(expired));
        Assert.Equal("EVIDENCE_NOT_YET_VALID", await CodeAsync(early));
        Assert.Equal("EVIDENCE_USAGE_REFUSED", await CodeAsync(server));
        Assert.Equal("EVIDENCE_USAGE_REFUSED", await CodeAsync(forAll));
        Assert.Equal("EVIDENCE_USAGE_REFUSED", await CodeAsync(authority));
        Assert.Equal("EVIDENCE_SUBJECT_REFUSED", await CodeAsync(nameless));
    }

    [Fact]
    public async Task A_certificate_is_taken_from_the_connection_and_from_nowhere_else()
    {
        using var certificate = _authority.Issue();
        Assert.Equal("EVIDENCE_CERTIFICATE_MISSING", await _verifying.CodeAsync(EvidenceKind.ClientCertificate, value: null));
        Assert.Equal("EVIDENCE_VALUE_UNWANTED", await _verifying.CodeAsync(EvidenceKind.ClientCertificate, certificate.ExportCertificatePem()));
        Assert.Equal("EVIDENCE_MALFORMED", (await _verifying.OneAsync(new PresentedEvidence(EvidenceKind.ClientCertificate, null, null) { Certificate = new byte[] { 1, 2, 3 } })).Refusal?.Code);
    }

    [Fact]
    public async Task An_authority_that_only_attested_keys_get_certificates_of_is_a_trust_of_its_own()
    {
        using var attesting = new Authority(_time, "CN=TPM CA");
        using var both = new Verifying(_time, Trust("agents", _authority.Pem), Trust("tpm-agents", attesting.Pem));
        using var plain = _authority.Issue();
        using var attested = attesting.Issue();
        Assert.Equal("agents", (await OneAsync(plain, both)).Value.Trust);
        Assert.Equal("tpm-agents", (await OneAsync(attested, both)).Value.Trust);
        Assert.Equal("EVIDENCE_CERTIFICATE_UNTRUSTED", (await both.OneAsync(Presented(plain) with { Trust = "tpm-agents" })).Refusal?.Code);
    }

    private Task<NhiGrains.Domain.Result<VerifiedEvidence>> OneAsync(X509Certificate2 certificate, Verifying? by = null) => (by ?? _verifying).OneAsync(Presented(certificate));

    private async Task<string?> CodeAsync(X509Certificate2 certificate) => (await OneAsync(certificate)).Refusal?.Code;

    private static PresentedEvidence Presented(X509Certificate2 certificate) => new(EvidenceKind.ClientCertificate, null, null) { Certificate = certificate.RawData };

    private CertificateTrust Trust(string name, string pem)
    {
        var file = Path.Combine(_folder, $"{name}.pem");
        File.WriteAllText(file, pem);
        return new() { Name = name, CaFile = file };
    }
}
