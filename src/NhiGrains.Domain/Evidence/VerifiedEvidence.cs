namespace NhiGrains.Domain.Evidence;

/// <summary>What a requester can bring to show what it is.</summary>
public enum EvidenceKind
{
    /// <summary>An ID token of a CI system (OpenID Connect Core 1.0).</summary>
    OidcToken,

    /// <summary>A Kubernetes ServiceAccount token, as the cluster's TokenReview knows it.</summary>
    KubernetesToken,

    /// <summary>A SPIFFE JWT-SVID.</summary>
    SpiffeSvid,

    /// <summary>A signed build provenance: an in-toto statement in a DSSE envelope.</summary>
    Provenance,

    /// <summary>The X.509 certificate of the connection (mutual TLS).</summary>
    ClientCertificate,
}

/// <summary>
/// Something that a requester brought and that was verified. Only this goes on to policy, state and audit: what was brought is a
/// secret for as long as it lives (promise 11).
/// </summary>
/// <param name="Trust">The name that the configuration gives to whoever vouches for it.</param>
/// <param name="Subject">Whom it is about, as the issuer calls it.</param>
/// <param name="Claims">What else it says, as text, sorted by name; a list is its JSON. At most 50, each of at most 1,000 characters, 8,000 in all.</param>
/// <param name="ExpiresAt">When it stops counting.</param>
/// <param name="Digest">
/// SHA-256 of the part of it that is signed, in lower-case hexadecimal: tells a replay without keeping a secret. Another signature, or
/// another way to write the same, does not change it.
/// </param>
public sealed record VerifiedEvidence(
    EvidenceKind Kind,
    string Trust,
    string Subject,
    IReadOnlyDictionary<string, string> Claims,
    DateTimeOffset ExpiresAt,
    string Digest);
