using NhiGrains.Evidence;
using NhiGrains.Evidence.Certificates;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Kubernetes;
using NhiGrains.Evidence.Oidc;
using NhiGrains.Evidence.Provenance;
using NhiGrains.Evidence.Spiffe;

namespace NhiGrains.Host.Settings;

/// <summary>Who is trusted for which evidence: <c>evidence.NAME</c>, whose <c>kind</c> says what else there is to say.</summary>
internal static class EvidenceSettings
{
    private const string Kind = "kind";
    private const string CaFile = "caFile";
    private static readonly string[] OfTokens = ["audiences", "maxLife"];
    private static readonly string[] OfKeys = ["refreshKeysAfter", "refetchKeysEvery", "staleKeysFor"];

    /// <summary>How a trust of each kind is read, and the keys that it may have.</summary>
    private static readonly Dictionary<string, (string[] Keys, Func<EvidenceSection, EvidenceTrust> Read)> Kinds = new(StringComparer.Ordinal)
    {
        ["oidc"] = (["issuer", "keys", CaFile, "claims", .. OfTokens, .. OfKeys], Oidc),
        ["kubernetes"] = (["api", "credentialFile", CaFile, .. OfTokens], Kubernetes),
        ["spiffe"] = (["trustDomain", "bundleFile", "bundle", CaFile, .. OfTokens, .. OfKeys], Spiffe),
        ["provenance"] = (["keys", "builders", "maxAge", "allowUndated"], Provenance),
        ["certificate"] = ([CaFile, "askRevocation"], Certificate),
    };

    /// <summary>What a trust of this kind may say; everything that any may say when the kind is none, which is refused later.</summary>
    public static IReadOnlyList<string> KeysOf(string? kind) =>
        [Kind, .. kind is not null && Kinds.TryGetValue(kind, out var known) ? known.Keys : Kinds.Values.SelectMany(one => one.Keys)];

    public static IReadOnlyList<EvidenceTrust> Read(IConfiguration from) =>
        [.. from.GetSection(SettingKeys.Evidence).GetChildren().Select(child => ReadOne(new(child)))];

    private static EvidenceTrust ReadOne(EvidenceSection section) =>
        Kinds.TryGetValue(section.Required(Kind), out var kind) ? kind.Read(section) : throw section.Wrong(Kind, $"one of {string.Join(", ", Kinds.Keys)}");

    private static OidcTrust Oidc(EvidenceSection section)
    {
        var trust = new OidcTrust
        {
            Name = section.Name,
            Issuer = section.Required("issuer"),
            Audiences = section.List("audiences") ?? [],
            KeysAddress = section.Address("keys"),
            CaFile = section.Path(CaFile),
            Claims = section.List("claims"),
            KeyCache = Keys(section),
        };
        return trust with { MaxLife = section.Time("maxLife") ?? trust.MaxLife };
    }

    private static KubernetesTrust Kubernetes(EvidenceSection section)
    {
        var trust = new KubernetesTrust
        {
            Name = section.Name,
            Api = section.Address("api") ?? throw section.Missing("api"),
            CredentialFile = section.Path("credentialFile") ?? throw section.Missing("credentialFile"),
            CaFile = section.Path(CaFile),
            Audiences = section.List("audiences") ?? [],
        };
        return trust with { MaxLife = section.Time("maxLife") ?? trust.MaxLife };
    }

    private static SpiffeTrust Spiffe(EvidenceSection section)
    {
        var trust = new SpiffeTrust
        {
            Name = section.Name,
            TrustDomain = section.Required("trustDomain"),
            BundleFile = section.Path("bundleFile"),
            BundleAddress = section.Address("bundle"),
            CaFile = section.Path(CaFile),
            Audiences = section.List("audiences") ?? [],
            KeyCache = Keys(section),
        };
        return trust with { MaxLife = section.Time("maxLife") ?? trust.MaxLife };
    }

    private static ProvenanceTrust Provenance(EvidenceSection section)
    {
        var trust = new ProvenanceTrust { Name = section.Name, KeyFiles = section.KeyFiles("keys"), Builders = section.List("builders"), AllowUndated = section.Flag("allowUndated") };
        return trust with { MaxAge = section.Time("maxAge") ?? trust.MaxAge };
    }

    private static CertificateTrust Certificate(EvidenceSection section) =>
        new() { Name = section.Name, CaFile = section.Path(CaFile) ?? throw section.Missing(CaFile), AskRevocation = section.Flag("askRevocation") };

    private static KeyCacheOptions Keys(EvidenceSection section)
    {
        var defaults = new KeyCacheOptions();
        return new()
        {
            RefreshAfter = section.Time("refreshKeysAfter") ?? defaults.RefreshAfter,
            RefetchAtMostEvery = section.Time("refetchKeysEvery") ?? defaults.RefetchAtMostEvery,
            StaleUntil = section.Time("staleKeysFor") ?? defaults.StaleUntil,
        };
    }
}
