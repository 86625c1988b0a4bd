using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;

namespace NhiGrains.Host.Tests.Evidence;

/// <summary>From the client to the stored request, over the whole server. Where no policy is put in force every request is denied, and kept.</summary>
public sealed class RequestWithEvidenceTests : IDisposable
{
    private const string Workload = "spiffe://prod.example/ns/shop/sa/app";

    private const string Register =
        """mutation{registerIdentity(input:{identityId:"<id>",kind:BOT,owner:{person:"ann",team:"ops"},environment:"test",bindings:[{platform:"pg:orders",principal:"<id>"}]}){result{...on IdentitySuccess{identity{status}} ...on Refusal{code message}}}}""";

    private const string Permit =
        """mutation{applyPolicySet(input:{why:"w",documents:[{path:"p.yaml",content:"format: 1\nname: p\nrules:\n- {name: workloads, effect: permit, match: {evidence: [{kind: spiffe-svid}]}, maxLifetime: 1h, allowControllerEnforcedEnd: true}\n"}]}){result{...on PolicySetSuccess{applied} ...on Refusal{code}}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-evidence-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly EveryLine _log = new();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_token_is_verified_kept_as_what_it_says_and_counts_for_one_identity()
    {
        await using var server = await StartAsync();
        using var visitor = Visitor.To(server);
        var evidence = Shown();

        var grant = (await visitor.RequestAsync("app", evidence, "key")).GetProperty("grant");
        var again = (await visitor.RequestAsync("app", evidence, "key")).GetProperty("grant");
        var kept = grant.GetProperty("request").GetProperty("evidence")[0];

        Assert.Equal("DENIED", grant.GetProperty("status").GetString());
        Assert.Equal(grant.GetRawText(), again.GetRawText());
        Assert.Equal(("SPIFFE_SVID", "mesh", Workload), (kept.GetProperty("kind").GetString(), kept.GetProperty("trust").GetString(), kept.GetProperty("subject").GetString()));
        Assert.Contains("""{"key":"trustDomain","value":"prod.example"}""", kept.GetProperty("claims").GetRawText(), StringComparison.Ordinal);

        var replayed = await visitor.RequestAsync("other", evidence);
        Assert.Equal(("EVIDENCE_REPLAYED", "evidence[0]"), (replayed.GetProperty("code").GetString(), replayed.GetProperty("field").GetString()));
        Assert.Equal("DENY", (await visitor.SimulateAsync("other", evidence)).GetProperty("decision").GetProperty("outcome").GetString());
        Assert.Equal("UNKNOWN_IDENTITY", await visitor.CodeAsync("nobody", Shown("for-nobody")));
        Assert.Equal("OK", await visitor.CodeAsync("other", Shown("for-nobody")));
        Assert.Equal("OK", await visitor.CodeAsync("other", evidence: null));

        // What an artifact is it is for everybody who deploys it.
        var build = new[] { new { kind = "PROVENANCE", value = Provenance() } };
        Assert.Equal("OK", await visitor.CodeAsync("app", build));
        Assert.Equal("OK", await visitor.CodeAsync("other", build));
    }

    [Fact]
    public async Task Who_lost_the_answer_gets_it_again_after_the_evidence_has_ended_and_nobody_else_does()
    {
        await using var server = await StartAsync();
        using var visitor = Visitor.To(server);
        using var eve = new Visitor(server, new HttpClient { BaseAddress = new(server.Url) }) { Token = server.TokenOf(new("eve", [GraphQL.Access.RoleNames.Admin], Identity: null, TimeSpan.FromMinutes(5))) };
        // It has ended, and counts for some seconds more, since clocks differ.
        var evidence = Shown("short", TimeSpan.FromSeconds(-20));
        var first = (await visitor.RequestAsync("app", evidence, "key")).GetProperty("grant").GetRawText();
        await server.EventuallyAsync(async () => CodeOf(await visitor.SimulateAsync("app", evidence)) == "EVIDENCE_EXPIRED", "It does not end.");

        Assert.Equal(first, (await visitor.RequestAsync("app", evidence, "key")).GetProperty("grant").GetRawText());
        Assert.Equal("EVIDENCE_EXPIRED", CodeOf(await visitor.RequestAsync("app", evidence, "another key")));
        Assert.Equal("EVIDENCE_EXPIRED", CodeOf(await visitor.RequestAsync("app", evidence, "key", seconds: 61)));
        Assert.Equal("EVIDENCE_EXPIRED", CodeOf(await visitor.RequestAsync("other", evidence, "key")));
        Assert.Equal("EVIDENCE_EXPIRED", CodeOf(await eve.RequestAsync("app", evidence, "key")));
        Assert.Equal("EVIDENCE_EXPIRED", CodeOf(await visitor.RequestAsync("app", Shown("other", TimeSpan.FromSeconds(-60)), "key")));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", CodeOf(await visitor.RequestAsync("app", Shown(), "key")));
    }

    [Fact]
    public async Task A_renewal_brings_evidence_which_is_verified_bound_and_kept_as_that_of_a_request()
    {
        await using var server = await StartAsync();
        Assert.Contains("true", (await server.QueryAsync(Permit)).GetRawText(), StringComparison.Ordinal);
        using var visitor = Visitor.To(server);
        var (ended, fresh, newer) = (Shown("short", TimeSpan.FromSeconds(-20)), Shown("fresh"), Shown("newer"));
        var grant = (await visitor.RequestAsync("app", ended)).GetProperty("grant").GetProperty("grantId").GetString();
        var others = (await visitor.RequestAsync("other", Shown("other"))).GetProperty("grant").GetProperty("grantId").GetString();

        Assert.Equal("DENIED_BY_POLICY", CodeOf(await visitor.RenewAsync("app", grant, evidence: null))); // What it showed has ended.
        var renewed = (await visitor.RenewAsync("app", grant, fresh, "key")).GetProperty("grant");
        var kept = Assert.Single(renewed.GetProperty("request").GetProperty("evidence").EnumerateArray()).GetProperty("digest").GetString();

        Assert.InRange(renewed.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        Assert.Equal("EVIDENCE_REPLAYED", CodeOf(await visitor.RequestAsync("other", fresh)));
        Assert.Equal(("EVIDENCE_REPLAYED", "evidence[0]"), (CodeOf(await visitor.RenewAsync("other", others, fresh)), FieldOf(await visitor.RenewAsync("other", others, fresh))));
        Assert.Equal("EVIDENCE_MALFORMED", CodeOf(await visitor.RenewAsync("app", grant, new[] { new { kind = "SPIFFE_SVID", value = "x" } })));
        Assert.Equal("EVIDENCE_EXPIRED", CodeOf(await visitor.RenewAsync("app", grant, Shown("late", TimeSpan.FromMinutes(-2)))));
        // It counts for the next one, and the same call again is the same one.
        Assert.Equal([kept], (await visitor.RenewAsync("app", grant, evidence: null)).GetProperty("grant").GetProperty("request").GetProperty("evidence").EnumerateArray().Select(one => one.GetProperty("digest").GetString()));
        Assert.Equal(grant, (await visitor.RenewAsync("app", grant, fresh, "key")).GetProperty("grant").GetProperty("grantId").GetString());
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", CodeOf(await visitor.RenewAsync("app", grant, newer, "key")));
    }

    [Fact]
    public async Task A_simulation_takes_nothing_into_use_and_refuses_what_a_request_would()
    {
        await using var server = await StartAsync();
        using var visitor = Visitor.To(server);
        var evidence = Shown();

        Assert.Equal("DENY", (await visitor.SimulateAsync("app", evidence)).GetProperty("decision").GetProperty("outcome").GetString());
        Assert.Equal("OK", await visitor.CodeAsync("other", evidence));
        Assert.Equal("EVIDENCE_MALFORMED", (await visitor.SimulateAsync("app", new[] { new { kind = "SPIFFE_SVID", value = "x" } })).GetProperty("code").GetString());
        Assert.Equal("EVIDENCE_NOT_CONFIGURED", (await visitor.SimulateAsync("app", new[] { new { kind = "OIDC_TOKEN", value = "x" } })).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Nothing_of_a_token_is_in_the_store_the_audit_the_log_or_an_error()
    {
        var token = Svid("kept-nowhere");
        var parts = token.Split('.');
        var told = new StringBuilder();
        await using (var server = await StartAsync())
        {
            using var visitor = Visitor.To(server);
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "SPIFFE_SVID", value = token } }));
            told.Append(await visitor.TextAsync("other", new[] { new { kind = "SPIFFE_SVID", value = token } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "SPIFFE_SVID", value = token[..^4] + "AAAA" } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "OIDC_TOKEN", value = token } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "SPIFFE_SVID", trust = token, value = token } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "CLIENT_CERTIFICATE", value = token } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "SPIFFE_SVID", value = new { token } } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = "SPIFFE_SVID", value = new[] { token } } }));
            told.Append(await visitor.TextAsync("app", new[] { new { kind = token, value = token } }));
            told.Append(await visitor.TextAsync("app", new[] { new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = "SPIFFE_SVID", [token] = "x" } }));
            told.Append(await visitor.TextAsync("app", token));
            using var export = await server.GetAsync("/audit/export", GraphQL.Access.RoleNames.Admin);
            told.Append(await export.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Contains("SpiffeSvid mesh", told.ToString(), StringComparison.Ordinal); // The audit tells of it.
        foreach (var part in parts)
        {
            Assert.DoesNotContain(part, told.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(_log.Lines, line => line.Contains(part, StringComparison.Ordinal));
            foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
                Assert.True((await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf(Encoding.ASCII.GetBytes(part)) < 0, file);
        }
    }

    [Fact]
    public async Task A_certificate_of_the_connection_is_evidence_and_authenticates_nobody()
    {
        using var authority = Certificate("CN=Agents", issuer: null);
        using var other = Certificate("CN=Agents", issuer: null);
        using var agent = Certificate("CN=agent-7", authority);
        using var stranger = Certificate("CN=agent-7", other);
        using var server = Certificate("CN=localhost", issuer: null);
        await using var running = await StartAsync(
            (SettingKeys.Urls, "http://127.0.0.1:0;https://127.0.0.1:0"), ("tls:certificateFile", Write("server.pem", server.ExportCertificatePem())), ("tls:keyFile", Write("server-key.pem", KeyOf(server))),
            ("evidence:tpm-agents:kind", "certificate"), ("evidence:tpm-agents:caFile", Write("ca.pem", authority.ExportCertificatePem())));
        var evidence = new[] { new { kind = "CLIENT_CERTIFICATE" } };
        using var known = Visitor.Securely(running, server, agent);
        using var unknown = Visitor.Securely(running, server, stranger);
        using var without = Visitor.Securely(running, server, own: null);
        using var plain = Visitor.To(running);

        var kept = (await known.RequestAsync("app", evidence)).GetProperty("grant").GetProperty("request").GetProperty("evidence")[0];

        Assert.Equal(("tpm-agents", "CN=agent-7"), (kept.GetProperty("trust").GetString(), kept.GetProperty("subject").GetString()));
        Assert.StartsWith("401", await known.TextAsync("app", evidence, authenticated: false), StringComparison.Ordinal);
        Assert.Equal("EVIDENCE_REPLAYED", await known.CodeAsync("other", evidence));
        Assert.Equal("EVIDENCE_CERTIFICATE_UNTRUSTED", await unknown.CodeAsync("app", evidence));
        Assert.Equal("OK", await unknown.CodeAsync("app", evidence: null));
        Assert.Equal("EVIDENCE_CERTIFICATE_MISSING", await without.CodeAsync("app", evidence));
        Assert.Equal("EVIDENCE_CERTIFICATE_MISSING", await plain.CodeAsync("app", evidence));
    }

    [Fact]
    public async Task A_trust_or_a_certificate_that_cannot_be_used_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<SetupException>(() => StartAsync(("evidence:mesh:trustDomain", "PROD")));
        Assert.Equal("The trust 'mesh' is not complete: 'trustDomain' has lower-case letters, digits, '.', '-' and '_'.", exception.Message);
        var tls = await Assert.ThrowsAsync<SetupException>(() => StartAsync(
            (SettingKeys.Urls, "http://127.0.0.1:0;https://127.0.0.1:0"), ("tls:certificateFile", "/nowhere/c.pem"), ("tls:keyFile", "/nowhere/k.pem")));
        Assert.Contains("/nowhere/c.pem", tls.Message, StringComparison.Ordinal);
    }

    private async Task<RunningServer> StartAsync(params (string Key, string Value)[] more)
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var bundle = Write("bundle.json", JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", use = "jwt-svid", kid = "svid", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) } },
        }));
        (string Key, string Value)[] settings =
        [
            ("postgres:orders:connection", "Host=127.0.0.1;Port=1;Username=nhi;Database=orders"), ("postgres:orders:databases", "orders"),
            ("evidence:mesh:kind", "spiffe"), ("evidence:mesh:trustDomain", "prod.example"), ("evidence:mesh:bundleFile", bundle), ("evidence:mesh:audiences", "nhigrains"),
            ("evidence:builds:kind", "provenance"), ("evidence:builds:keys:0:id", "builder"), ("evidence:builds:keys:0:file", Write("builder.pem", _key.ExportSubjectPublicKeyInfoPem())),
            ("logging:logLevel:Default", "Debug"),
        ];
        var all = settings.Where(one => more.All(other => other.Key != one.Key)).Concat(more).ToArray();
        var server = await RunningServer.StartAsync(Path.Combine(_folder, "data"), _log, all);
        foreach (var id in new[] { "app", "other" })
        {
            var answer = await server.QueryAsync(Register.Replace("<id>", id, StringComparison.Ordinal));
            Assert.Contains("ACTIVE", answer.GetRawText(), StringComparison.Ordinal);
        }

        return server;
    }

    private static string? CodeOf(JsonElement result) => result.TryGetProperty("code", out var code) ? code.GetString() : "OK";

    private static string? FieldOf(JsonElement refusal) => refusal.GetProperty("field").GetString();

    private object[] Shown(string more = "one", TimeSpan? left = null) => [new { kind = "SPIFFE_SVID", value = Svid(more, left) }];

    /// <param name="left">Until its end; 5 minutes when not said.</param>
    private string Svid(string more = "one", TimeSpan? left = null)
    {
        var end = (TimeProvider.System.GetUtcNow() + (left ?? TimeSpan.FromMinutes(5))).ToUnixTimeSeconds();
        var signed = $"{Encode("""{"alg":"ES256","kid":"svid"}""")}.{Encode($$"""{"sub":"{{Workload}}","aud":["nhigrains"],"exp":{{end}},"more":"{{more}}"}""")}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private string Provenance()
    {
        const string Type = "application/vnd.in-toto+json";
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            _type = "https://in-toto.io/Statement/v1",
            predicateType = "https://slsa.dev/provenance/v1",
            subject = new[] { new { name = "app.tar", digest = new { sha256 = "4f" } } },
            predicate = new { buildDefinition = new { buildType = "b" }, runDetails = new { builder = new { id = "runner" }, metadata = new { finishedOn = TimeProvider.System.GetUtcNow().AddMinutes(-1) } } },
        });
        byte[] signed = [.. Encoding.UTF8.GetBytes($"DSSEv1 {Type.Length} {Type} {payload.Length} "), .. payload];
        return JsonSerializer.Serialize(new { payload = Convert.ToBase64String(payload), payloadType = Type, signatures = new[] { new { keyid = "builder", sig = Convert.ToBase64String(_key.SignData(signed, HashAlgorithmName.SHA256)) } } });
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("It has no key.");
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, hasPathLengthConstraint: false, 0, critical: true));
        if (issuer is null)
            return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.2")], critical: false));
        return request.Create(issuer, now.AddHours(-1), now.AddHours(1), [7]).CopyWithPrivateKey(key);
    }
}
