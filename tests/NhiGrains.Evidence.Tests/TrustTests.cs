using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Evidence.Certificates;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Kubernetes;
using NhiGrains.Evidence.Oidc;
using NhiGrains.Evidence.Provenance;
using NhiGrains.Evidence.Spiffe;

namespace NhiGrains.Evidence.Tests;

/// <summary>A trust that is not complete stops the start.</summary>
public sealed class TrustTests : IDisposable
{
    private static readonly OidcTrust Ci = new() { Name = "ci", Issuer = "https://ci.example", Audiences = ["nhigrains"] };
    private static readonly SpiffeTrust Mesh = new() { Name = "mesh", TrustDomain = "prod.example", Audiences = ["nhigrains"], BundleFile = "/b" };

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_is_complete_is_taken() => new ServiceCollection().AddNhiEvidence([Ci, Ci with { Name = "local", Issuer = "http://127.0.0.1:1/x" }, Mesh]);

    [Fact]
    public void What_is_not_says_what_is_missing()
    {
        Refused("Upper", Ci with { Name = "Upper" });
        Refused("two trusts 'ci'", Ci, Ci);
        Refused("'issuer' is an https URL", Ci with { Issuer = "http://ci.example" });
        Refused("'issuer' is an https URL", Ci with { Issuer = "ci.example" });
        Refused("'issuer' is an https URL", Ci with { Issuer = "https://user:secret@ci.example" });
        Refused("'keys' is an https URL", Ci with { KeysAddress = new("http://ci.example/keys") });
        Refused("needs an audience", Ci with { Audiences = [] });
        Refused("needs an audience", Ci with { Audiences = [" "] });
        Refused("'maxLife' is from 1m to 1d", Ci with { MaxLife = TimeSpan.FromDays(2) });
        Refused("'refetchKeysEvery'", Ci with { KeyCache = new KeyCacheOptions { RefetchAtMostEvery = TimeSpan.Zero } });
        Refused("'staleKeysFor'", Ci with { KeyCache = new KeyCacheOptions { StaleUntil = TimeSpan.FromDays(8) } });
        Refused("'trustDomain'", Mesh with { TrustDomain = "spiffe://prod.example" });
        Refused("either 'bundleFile' or 'bundle'", Mesh with { BundleFile = null });
        Refused("either 'bundleFile' or 'bundle'", Mesh with { BundleAddress = new("https://b.example") });
        Refused("'bundle' is an https URL", Mesh with { BundleFile = null, BundleAddress = new("http://b.example") });
        Refused("'api' is an https URL", new KubernetesTrust { Name = "k", Api = new("http://k8s.example"), CredentialFile = _file, Audiences = ["a"] });
        Refused("'credentialFile' is no file", new KubernetesTrust { Name = "k", Api = new("https://k8s.example"), CredentialFile = "/nowhere", Audiences = ["a"] });
        Refused("needs a public key", new ProvenanceTrust { Name = "b", KeyFiles = new Dictionary<string, string>(StringComparer.Ordinal) });
        Refused("holds no certificate", new CertificateTrust { Name = "c", CaFile = _file });
        Refused("holds no certificates that can be read", new CertificateTrust { Name = "c", CaFile = "/nowhere" });
    }

    [Fact]
    public void A_key_of_a_kind_that_cannot_be_used_is_refused_by_name()
    {
        // Ed25519 with a point of small order, and with a byte too many.
        Key($"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{new string('A', 43)}=\n-----END PUBLIC KEY-----", "holds no public key");
        Key("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuEA\n-----END PUBLIC KEY-----", "holds no public key");
        using var secp = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP521);
        Key(secp.ExportSubjectPublicKeyInfoPem(), "holds no public key");
        using var weak = System.Security.Cryptography.RSA.Create(1024);
        Key(weak.ExportSubjectPublicKeyInfoPem(), "holds no public key");
        Key(secp.ExportPkcs8PrivateKeyPem(), "holds a private key");
        Key("", "holds no public key");
    }

    private void Key(string pem, string expected)
    {
        File.WriteAllText(_file, pem);
        Refused(expected, new ProvenanceTrust { Name = "b", KeyFiles = new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = _file } });
    }

    private static void Refused(string expected, params EvidenceTrust[] trusts) =>
        Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddNhiEvidence(trusts)).Message, StringComparison.Ordinal);
}
