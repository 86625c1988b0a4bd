using System.Net;
using NhiGrains.Evidence.Oidc;
using NhiGrains.Evidence.Provenance;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_defaults_are_a_single_silo_on_loopback()
    {
        var settings = Read();
        Assert.Equal(Path.GetFullPath(".data"), settings.DataFolder);
        Assert.Equal("embedded", settings.Store);
        Assert.Equal("http://127.0.0.1:5000/", Assert.Single(settings.Urls).ToString());
        Assert.Equal(IPAddress.Loopback, settings.Silo.Address);
        Assert.NotEqual(0, settings.Silo.Port);
        Assert.Empty(settings.Clusters);
        Assert.Null(settings.PolicyFile);
        Assert.False(settings.Salvage || settings.Demo || settings.RedisWithoutAof);
        Assert.Equal(Path.Combine(settings.DataFolder, "signing-key.pem"), settings.Tokens.KeyFile);
    }

    [Fact]
    public void A_file_gives_everything_and_the_command_line_goes_before_it()
    {
        var kubeconfig = Write("kubeconfig", "x");
        var file = Write("settings.json", $$"""
            {
              "data": "{{_folder}}/data", "store": "redis://db:6379", "redisWithoutAof": true, "silo": "127.0.0.1:7000", "urls": "https://0.0.0.0:8443;http://127.0.0.1:1",
              "policy": "p.yaml", "salvage": true, "clusters": { "staging": "{{kubeconfig}}#blue" },
              "tokens": { "authority": "https://login.example", "audience": "a", "rolesClaim": "groups", "identityClaim": "w", "keyFile": "k.pem" },
              "kestrel": { "limits": { "maxConcurrentConnections": 10 } }, "logging": { "logLevel": { "Default": "Debug" } }
            }
            """);
        var settings = Read(file, (SettingKeys.Store, "redis://other"), ($"{SettingKeys.Clusters}:live", kubeconfig));
        Assert.Equal("redis://other", settings.Store);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 7000), settings.Silo);
        Assert.Equal(2, settings.Urls.Count);
        Assert.True(settings.Salvage && settings.RedisWithoutAof);
        Assert.Equal([new("k8s:live", kubeconfig, null), new("k8s:staging", kubeconfig, "blue")], settings.Clusters);
        Assert.Equal("https://login.example/", settings.Tokens.Authority?.ToString());
        Assert.Equal(("a", "groups", "w"), (settings.Tokens.Audience, settings.Tokens.RolesClaim, settings.Tokens.IdentityClaim));
        Assert.EndsWith("/k.pem", settings.Tokens.KeyFile, StringComparison.Ordinal);
    }

    [Fact]
    public void Sweeps_have_a_usual_period_and_one_by_platform()
    {
        var settings = Read(Write("settings.json", """{ "sweepEvery": "10m", "sweeps": { "k8s:staging": "30s" } }"""));

        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30)), (settings.Sweeps.Of("k8s:live"), settings.Sweeps.Of("k8s:staging")));
        Assert.Equal(TimeSpan.FromMinutes(5), Read().Sweeps.Of("k8s:live"));
    }

    [Fact]
    public void Accounts_projects_and_servers_are_platforms_and_their_secrets_are_in_files()
    {
        var (key, token, connection) = (Write("key", "very-secret\n"), Write("token", "ya29\n"), Write("connection", "Host=db;Username=nhi;Password=hidden;Database=orders"));
        var settings = Read(Write("settings.json", $$"""
            {
              "aws": { "prod": { "account": "123456789012", "region": "eu-central-1", "accessKeyId": "AKIA1", "secretAccessKeyFile": "{{key}}", "endpoint": "http://127.0.0.1:1", "callsPerSecond": 5 } },
              "gcp": { "shop": { "project": "shop-prod", "accessTokenFile": "{{token}}", "services": "storage, pubsub" } },
              "postgres": { "orders": { "connectionFile": "{{connection}}", "databases": ["orders", "stock"] } }
            }
            """));

        Assert.Equal(["aws:prod", "gcp:shop", "pg:orders"], settings.Platforms);
        var (aws, gcp, postgres) = (Assert.Single(settings.Aws), Assert.Single(settings.Gcp), Assert.Single(settings.Postgres));
        Assert.Equal(("123456789012", "eu-central-1", "very-secret", 5d), (aws.AccountId, aws.Region, aws.Credentials?.Secret, aws.Budget.CallsPerSecond));
        Assert.Equal(("shop-prod", "ya29"), (gcp.ProjectId, gcp.AccessToken));
        Assert.Equal(["storage", "pubsub"], gcp.Services);
        Assert.Equal(["orders", "stock"], postgres.Databases);
        Assert.DoesNotContain("hidden", $"{settings} {postgres}", StringComparison.Ordinal);
    }

    [Fact]
    public void Sinks_of_notifications_have_an_address_that_is_not_printed_and_a_file_with_the_secret()
    {
        var settings = Read(
            Write("settings.json", """{ "notifications": { "siem": { "url": "https://siem.example/in?token=hidden", "secretFile": "s" } } }"""),
            ("notifications:PAGER:url", "http://127.0.0.1:8/hook"), ("notifications:PAGER:secretFile", "p"));

        Assert.Equal([("pager", "http://127.0.0.1:8/hook", Path.GetFullPath("p")), ("siem", "https://siem.example/in?token=hidden", Path.GetFullPath("s"))],
            settings.Sinks.Select(sink => (sink.Name, sink.Url.ToString(), sink.SecretFile)));
        Assert.DoesNotContain("hidden", string.Join(' ', settings.Sinks), StringComparison.Ordinal);
        Assert.Empty(Read().Sinks);
    }

    [Theory]
    [InlineData("http://siem.example/in?token=hidden")]
    [InlineData("https://ann:hidden@siem.example")]
    [InlineData("https://siem.example/#hidden")]
    [InlineData("ftp://hidden")]
    [InlineData("/hidden")]
    public void An_address_of_a_sink_that_is_not_safe_is_refused_and_not_repeated(string url)
    {
        var refused = Assert.Throws<SetupException>(() => Read(null, ("notifications:siem:url", url), ("notifications:siem:secretFile", "s")));

        Assert.Contains("'notifications:siem:url' is an https address", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "notifications": { "siem": { "secretFile": "s" } } }""", "The sink 'siem' needs 'notifications:siem:url'.")]
    [InlineData("""{ "notifications": { "siem": { "url": "https://siem.example" } } }""", "The sink 'siem' needs 'notifications:siem:secretFile'.")]
    [InlineData("""{ "notifications": { "siem": { "ulr": "https://siem.example" } } }""", "has an unknown key 'notifications:siem:ulr'; did you mean 'url'?")]
    [InlineData("""{ "notifications": { "a|b": { "url": "https://siem.example", "secretFile": "s" } } }""", "'a|b' is no name for a sink of notifications")]
    [InlineData("""{ "aws": { "prod": { "acount": "1" } } }""", "has an unknown key 'aws:prod:acount'; did you mean 'account'?")]
    [InlineData("""{ "aws": { "prod": { "region": "eu-central-1" } } }""", "The platform 'aws:prod' needs 'aws:prod:account'.")]
    [InlineData("""{ "gcp": { "shop": { "project": "shop-prod", "callsPerSecond": "many" } } }""", "'callsPerSecond' of 'gcp:shop' is a number, not 'many'.")]
    [InlineData("""{ "gcp": { "shop": { "project": "shop-prod", "accessTokenFile": "/nowhere/token" } } }""", "The file /nowhere/token ('accessTokenFile' of 'gcp:shop') cannot be read.")]
    [InlineData("""{ "postgres": { "orders": { "connection": "Host=db" } } }""", "The platform 'pg:orders' needs 'postgres:orders:databases'.")]
    [InlineData("""{ "sweepEvery": "1s" }""", "'sweepEvery' is a time from 10s to 7d")]
    [InlineData("""{ "sweeps": { "k8s:live": "often" } }""", "'sweeps:k8s:live' is a time from 10s to 7d, such as 5m, not 'often'")]
    [InlineData("""{ "webhooks": { "secret": "x" } }""", "has an unknown key 'webhooks:secret'")]
    [InlineData("""{ "stroe": "embedded" }""", "has an unknown key 'stroe'; did you mean 'store'?")]
    [InlineData("""{ "tokens": { "audiense": "a" } }""", "has an unknown key 'tokens:audiense'; did you mean 'audience'?")]
    [InlineData("""{ "evidence": { "ci": { "kind": "oidc", "isuer": "x" } } }""", "has an unknown key 'evidence:ci:isuer'; did you mean 'issuer'?")]
    [InlineData("""{ "evidence": { "ci": { "kind": "oidc" } } }""", "The trust 'ci' needs 'evidence:ci:issuer'.")]
    [InlineData("""{ "evidence": { "ci": { "kind": "saml" } } }""", "'kind' of the trust 'ci' is one of oidc, kubernetes, spiffe, provenance, certificate, not 'saml'.")]
    [InlineData("""{ "evidence": { "ci": { "kind": "oidc", "issuer": "https://ci.example", "maxLife": "long" } } }""", "'maxLife' of the trust 'ci' is a time such as 30m, not 'long'.")]
    [InlineData("""{ "evidence": { "builds": { "kind": "provenance", "keys": [{ "id": "a" }] } } }""", "is a list of keys, each with an 'id' of its own and a 'file'")]
    [InlineData("""{ "evidence": { "builds": { "kind": "provenance", "keys": [{ "id": "a", "file": "f" }], "builders": [] } } }""", "'builders' of the trust 'builds' is a list of at least one")]
    [InlineData("""{ "evidence": { "builds": { "kind": "provenance", "keys": [{ "id": "a", "file": "f" }], "builders": " " } } }""", "'builders' of the trust 'builds' is a list of at least one")]
    [InlineData("""{ "evidence": { "builds": { "kind": "provenance", "keys": [{ "id": "a", "file": "f" }], "builders": ["x", ""] } } }""", "'builders' of the trust 'builds' is a list of at least one")]
    [InlineData("""{ "evidence": { "builds": { "kind": "provenance", "keys": [{ "id": "a", "file": "f" }], "builders": null } } }""", "'builders' of the trust 'builds' is a list of at least one")]
    [InlineData("""{ "evidence": { "ci": { "kind": "oidc", "issuer": "https://ci.example", "claims": [], "audiences": "a" } } }""", "'claims' of the trust 'ci' is a list of at least one")]
    [InlineData("""{ "tls": { "certificateFile": "c.pem" } }""", "'tls' needs both, 'tls:certificateFile' and 'tls:keyFile'.")]
    [InlineData("""{ "tls": { "certificateFile": "c.pem", "keyFile": "k.pem" } }""", "'tls' is for an https address; name one with 'urls'.")]
    [InlineData("""{ "tls": { "certFile": "c.pem" } }""", "has an unknown key 'tls:certFile'")]
    [InlineData("{\n\"store\": embedded }", "cannot be read: line 2: it is not JSON")]
    [InlineData("""{ "salvage": "maybe" }""", "'salvage' is true or false, not 'maybe'.")]
    [InlineData("""{ "urls": "ftp://x" }""", "'ftp://x' is no URL to listen on;")]
    [InlineData("""{ "urls": "http://x/path" }""", "'http://x/path' is no URL to listen on;")]
    [InlineData("""{ "tokens": { "authority": "http://login.example" } }""", "'http://login.example' is no issuer of tokens: an https URL is needed.")]
    [InlineData("""{ "silo": "0.0.0.0:1" }""", "A silo needs an address that others can reach")]
    [InlineData("""{ "silo": "127.0.0.1:70000" }""", "is no address for a silo;")]
    [InlineData("""{ "clusters": { "a": "" } }""", "The cluster 'a' needs a kubeconfig:")]
    [InlineData("""{ "clusters": { "a": "/dev/null#" } }""", "The cluster 'a' needs a kubeconfig:")]
    [InlineData("""{ "clusters": { "a": "/nowhere" } }""", "There is no kubeconfig /nowhere for the cluster 'a'.")]
    public void What_is_wrong_is_refused_with_what_to_write(string json, string expected)
    {
        var file = Write("settings.json", json);
        Assert.Contains(expected, Assert.Throws<SetupException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audiences", "other")]
    [InlineData("KEYS", "x")]
    public void A_list_of_a_trust_that_is_there_as_a_text_as_well_is_refused_since_one_of_them_would_count_for_nothing(string key, string text)
    {
        var file = Write("settings.json", """
            { "evidence": { "ci": { "kind": "oidc", "issuer": "https://ci.example", "audiences": ["nhigrains"] }, "b": { "kind": "provenance", "keys": [{ "id": "a", "file": "f" }] } } }
            """);

        var refused = Assert.Throws<SetupException>(() => Read(file, ($"evidence:{(key == "KEYS" ? "b" : "CI")}:{key}", text)));

        Assert.Contains("is there twice, as a list and as a text", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_have_a_file_of_secrets_for_each_kind()
    {
        var settings = Read(Write("settings.json", """{ "webhooks": { "secretsFile": "h", "peopleSecretsFile": "p", "riskSecretsFile": "r" } }"""));

        Assert.Equal(new WebhookSettings(Path.GetFullPath("h"), Path.GetFullPath("p"), Path.GetFullPath("r")), settings.Webhooks);
        Assert.Equal(new WebhookSettings(null, null, null), Read().Webhooks);
    }

    [Fact]
    public void Trusts_are_named_and_each_kind_has_settings_of_its_own()
    {
        var settings = Read(Write("settings.json", $$"""
            {
              "urls": "https://127.0.0.1:8443", "tls": { "certificateFile": "c.pem", "keyFile": "k.pem" },
              "evidence": {
                "ci": { "kind": "oidc", "issuer": "https://ci.example", "audiences": "nhigrains, other", "keys": "https://ci.example/keys", "claims": ["repository"], "maxLife": "10m", "staleKeysFor": "2h" },
                "cluster": { "kind": "kubernetes", "api": "https://k8s.example", "credentialFile": "t", "audiences": ["nhigrains"] },
                "mesh": { "kind": "spiffe", "trustDomain": "prod.example", "bundleFile": "b.json", "audiences": "nhigrains" },
                "builds": { "kind": "provenance", "keys": [{ "id": "SHA256:a", "file": "a.pem" }], "maxAge": "7d" },
                "tpm-agents": { "kind": "certificate", "caFile": "ca.pem" }
              }
            }
            """));

        Assert.Equal(["builds", "ci", "cluster", "mesh", "tpm-agents"], settings.Evidence.Select(trust => trust.Name).Order(StringComparer.Ordinal));
        var ci = Assert.Single(settings.Evidence.OfType<OidcTrust>());
        Assert.Equal(("https://ci.example", TimeSpan.FromMinutes(10), TimeSpan.FromHours(2)), (ci.Issuer, ci.MaxLife, ci.KeyCache.StaleUntil));
        Assert.Equal(["nhigrains", "other"], ci.Audiences);
        Assert.Equal("SHA256:a", Assert.Single(settings.Evidence.OfType<ProvenanceTrust>()).KeyFiles.Keys.Single());
        Assert.EndsWith("/k.pem", settings.Tls?.KeyFile, StringComparison.Ordinal);
        Assert.Empty(Read().Evidence);
    }

    [Fact]
    public void Settings_do_not_print_the_password_of_the_store() =>
        Assert.DoesNotContain("hunter2", Read(null, (SettingKeys.Store, "redis://:hunter2@db")).ToString(), StringComparison.Ordinal);

    private static HostSettings Read(string? file = null, params (string Key, string Value)[] commandLine) =>
        SettingsReader.Read(SettingsSources.Gather(file, commandLine.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.OrdinalIgnoreCase)));

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
