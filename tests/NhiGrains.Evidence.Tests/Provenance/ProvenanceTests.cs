using System.Security.Cryptography;
using System.Text;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Provenance;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Provenance;

public sealed class ProvenanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-provenance-").FullName;
    private readonly TestTime _time = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_signed_build_says_who_built_what_from_where()
    {
        using var verifying = new Verifying(_time, Trust(_key));

        var evidence = (await verifying.OneAsync(EvidenceKind.Provenance, Signed(Build.Statement(_time)))).Value;

        Assert.Equal(("builds", "https://ci.example/runner", _time.Now.AddMinutes(-5).AddDays(1)), (evidence.Trust, evidence.Subject, evidence.ExpiresAt));
        Assert.Equal(
            [
                "buildType https://ci.example/workflow/v1", "builderId https://ci.example/runner", "predicateType https://slsa.dev/provenance/v1",
                "ref refs/heads/main", "repository https://git.example/shop/app",
                """subjectDigests ["sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"]""",
            ],
            evidence.Claims.Select(claim => $"{claim.Key} {claim.Value}"));
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("RSA")]
    public async Task Each_kind_of_key_verifies_what_it_signed_with_a_key_id_or_without(string kind)
    {
        using AsymmetricAlgorithm key = kind switch { "RSA" => RSA.Create(2048), "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384), _ => ECDsa.Create(ECCurve.NamedCurves.nistP256) };
        using var verifying = new Verifying(_time, Trust(key));
        var statement = Build.Statement(_time);
        var signature = Build.Sign(key, Build.Encoded(Build.PayloadType, statement));

        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, "builder", signature)));
        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, keyId: null, signature)));
        signature[^1] ^= 1;
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, "builder", signature)));
    }

    [Fact]
    public async Task Both_alphabets_and_both_forms_of_a_signature_are_the_same_evidence()
    {
        using var verifying = new Verifying(_time, Trust(_key));
        var statement = Build.Statement(_time);
        var message = Build.Encoded(Build.PayloadType, statement);
        var der = Build.Envelope(statement, "builder", Build.Sign(_key, message));
        var raw = Build.Envelope(statement, "builder", _key.SignData(message, HashAlgorithmName.SHA256));

        var digests = new List<string>();
        foreach (var envelope in new[] { der, raw, raw.Replace("\\u002B", "-", StringComparison.Ordinal).Replace('/', '_').Replace("application_vnd.in-toto-json", Build.PayloadType, StringComparison.Ordinal), der.Replace("{", "{ ", StringComparison.Ordinal) })
            digests.Add((await verifying.OneAsync(EvidenceKind.Provenance, envelope)).Value.Digest);

        Assert.Single(digests.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Another_payload_under_the_signature_is_refused()
    {
        using var verifying = new Verifying(_time, Trust(_key));
        var statement = Build.Statement(_time);
        var signature = Build.Sign(_key, Build.Encoded(Build.PayloadType, statement));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement.Replace("main", "evil", StringComparison.Ordinal), "builder", signature)));
    }

    [Fact]
    public async Task A_signature_over_another_encoding_or_type_is_refused()
    {
        using var verifying = new Verifying(_time, Trust(_key));
        var statement = Build.Statement(_time);
        byte[][] messages =
        [
            Encoding.UTF8.GetBytes(statement), Build.Encoded("application/json", statement), Encoding.UTF8.GetBytes($"DSSEv1 {Build.PayloadType} {statement}"),
            Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(statement))),
        ];
        foreach (var message in messages)
            Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, "builder", Build.Sign(_key, message))));

        var other = Build.Envelope(statement, "builder", Build.Sign(_key, Build.Encoded("application/json", statement)), "application/json");
        Assert.Equal("EVIDENCE_PAYLOAD_TYPE_REFUSED", await verifying.CodeAsync(EvidenceKind.Provenance, other));
    }

    [Fact]
    public async Task A_key_that_is_not_configured_is_unknown_and_one_under_a_configured_id_is_no_signature()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var verifying = new Verifying(_time, Trust(_key));
        var statement = Build.Statement(_time);
        var signature = Build.Sign(other, Build.Encoded(Build.PayloadType, statement));
        Assert.Equal("EVIDENCE_KEY_UNKNOWN", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, "another", signature)));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, "builder", signature)));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, keyId: null, signature)));
    }

    [Theory]
    [InlineData("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1", "EVIDENCE_STATEMENT_REFUSED")]
    [InlineData("https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2", "EVIDENCE_STATEMENT_REFUSED")]
    [InlineData("\"builder\"", "\"nobody\"", "EVIDENCE_STATEMENT_REFUSED")]
    [InlineData("\"subject\":[{", "\"subject\":[],\"other\":[{", "EVIDENCE_STATEMENT_REFUSED")]
    [InlineData("\"subject\"", "\"predicateType\":\"https://slsa.dev/provenance/v1\",\"subject\"", "EVIDENCE_DUPLICATE_MEMBER")]
    [InlineData("https://ci.example/runner", "https://elsewhere.example/runner", "EVIDENCE_BUILDER_REFUSED")]
    [InlineData("\"finishedOn\":\"2026-06", "\"finishedOn\":\"2026-07", "EVIDENCE_FROM_FUTURE")]
    [InlineData("\"startedOn\":\"2026-06", "\"startedOn\":\"2027-06", "EVIDENCE_FROM_FUTURE")]
    [InlineData("\"finishedOn\":\"2026-06", "\"finishedOn\":\"2026-05", "EVIDENCE_EXPIRED")]
    [InlineData("\"finishedOn\"", "\"ended\"", "EVIDENCE_TIMES_MISSING")]
    [InlineData("\"finishedOn\":\"2026", "\"finishedOn\":\"once", "EVIDENCE_MALFORMED")]
    public async Task A_signed_statement_that_is_not_what_it_should_be_is_refused(string from, string to, string code)
    {
        using var verifying = new Verifying(_time, Trust(_key) with { Builders = ["https://ci.example/runner"] });
        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.Provenance, Signed(Build.Statement(_time))));

        Assert.Equal(code, await verifying.CodeAsync(EvidenceKind.Provenance, Signed(Build.Statement(_time, text => text.Replace(from, to, StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData("""{"source":"git+https://git.example/shop/app@refs/tags/v1"}""", "", "https://git.example/shop/app", "refs/tags/v1")]
    [InlineData("""{"repository":"shop/app","ref":"main"}""", "", "shop/app", "main")]
    [InlineData("{}", """{"uri":"git+https://git.example/shop/app@refs/heads/a/b"}""", "https://git.example/shop/app", "refs/heads/a/b")]
    [InlineData("{}", """{"uri":"git+https://user@git.example/shop/app"}""", "https://user@git.example/shop/app", null)]
    [InlineData("{}", """{"uri":"git+https://one.example/a"},{"uri":"git+https://two.example/b"}""", null, null)]
    [InlineData("""{"workflow":7}""", """{"uri":8}""", null, null)]
    // What was asked for and what was fetched agree,
    [InlineData("""{"repository":"https://git.example/shop/app","ref":"refs/heads/main"}""", """{"uri":"git+https://git.example/shop/app.git@refs/heads/main"}""", "https://git.example/shop/app", "refs/heads/main")]
    [InlineData("""{"repository":"git+https://git.example/shop/app/","ref":"main"}""", """{"uri":"git+https://git.example/shop/app@refs/heads/main"},{"uri":"pkg:deb/sed"}""", "git+https://git.example/shop/app/", "main")]
    [InlineData("""{"repository":"https://git.example/shop/app","ref":"refs/heads/main"}""", """{"uri":"git+https://git.example/shop/app@7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"}""", "https://git.example/shop/app", "refs/heads/main")]
    // or they do not.
    [InlineData("""{"repository":"https://git.example/shop/app","ref":"refs/heads/main"}""", """{"uri":"git+https://evil.example/shop/app@refs/heads/main"}""", null, null)]
    [InlineData("""{"workflow":{"repository":"https://git.example/shop/app","ref":"refs/heads/main"}}""", """{"uri":"git+https://git.example/shop/app@refs/heads/evil"}""", null, null)]
    [InlineData("""{"source":"git+https://git.example/shop/app@refs/heads/main"}""", """{"uri":"git+https://git.example/shop/app@evil"}""", null, null)]
    [InlineData("""{"source":{"repository":"https://git.example/shop/app"}}""", """{"uri":"git+https://git.example/shop/app"},{"uri":"git+https://evil.example/a"}""", null, null)]
    public async Task The_source_is_found_where_builders_put_it(string parameters, string dependencies, string? repository, string? reference)
    {
        using var verifying = new Verifying(_time, Trust(_key));
        const string Usual = """{"workflow":{"repository":"https://git.example/shop/app","ref":"refs/heads/main","path":"ci.yaml"}}""";
        var statement = Build.Statement(_time, text => text.Replace(Usual, $"{parameters},\"resolvedDependencies\":[{dependencies}]", StringComparison.Ordinal));

        var claims = (await verifying.OneAsync(EvidenceKind.Provenance, Signed(statement))).Value.Claims;

        Assert.Equal((repository, reference), (claims.GetValueOrDefault("repository"), claims.GetValueOrDefault("ref")));
    }

    [Fact]
    public async Task A_build_that_says_no_time_counts_from_when_it_is_shown_only_where_that_was_configured()
    {
        using var verifying = new Verifying(_time, Trust(_key) with { AllowUndated = true });
        var undated = Build.Statement(_time, text => text.Replace("\"finishedOn\"", "\"ended\"", StringComparison.Ordinal));
        Assert.Equal(_time.Now.AddDays(1), (await verifying.OneAsync(EvidenceKind.Provenance, Signed(undated))).Value.ExpiresAt);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"payload":"%%","payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[{"sig":""}]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[7]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":"AA=="}""")]
    public async Task What_is_no_envelope_is_refused(string text)
    {
        using var verifying = new Verifying(_time, Trust(_key));
        Assert.Equal("EVIDENCE_MALFORMED", await verifying.CodeAsync(EvidenceKind.Provenance, text));
        Assert.Equal("EVIDENCE_TOO_LARGE", await verifying.CodeAsync(EvidenceKind.Provenance, new string(' ', 130 * 1024)));
    }

    private string Signed(string statement) => Build.Envelope(statement, "builder", Build.Sign(_key, Build.Encoded(Build.PayloadType, statement)));

    private ProvenanceTrust Trust(AsymmetricAlgorithm key)
    {
        var file = Path.Combine(_folder, "builder.pem");
        File.WriteAllText(file, key.ExportSubjectPublicKeyInfoPem());
        return new() { Name = "builds", KeyFiles = new Dictionary<string, string>(StringComparer.Ordinal) { ["builder"] = file } };
    }
}
