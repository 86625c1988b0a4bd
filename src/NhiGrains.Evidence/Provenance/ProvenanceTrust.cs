using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Evidence.Provenance;

/// <summary>Builders whose signed provenance counts, by the keys that they sign with.</summary>
public sealed record ProvenanceTrust : EvidenceTrust
{
    public override EvidenceKind Kind => EvidenceKind.Provenance;

    /// <summary>PEM files with public keys: Ed25519, ECDSA on P-256 or P-384, or RSA of at least 2048 bits; by the key id that envelopes give. At least one.</summary>
    public required IReadOnlyDictionary<string, string> KeyFiles { get; init; }

    /// <summary>The builders (<c>runDetails.builder.id</c>) that count. Default: every one that has such a key.</summary>
    public IReadOnlyList<string>? Builders { get; init; }

    /// <summary>For how long a build counts from its end: 1 minute to 90 days. Default: 1 day.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Also a provenance that does not say when its build ended, from each time it is shown. It never grows old, so default: false, and it
    /// is refused.
    /// </summary>
    public bool AllowUndated { get; init; }

    internal override IEnumerable<string> Problems()
    {
        if (KeyFiles.Count == 0)
            yield return "it needs a public key ('keys')";
        if (Builders is { Count: 0 })
            yield return "'builders' is empty, so none would count; leave it out for every one with such a key";
        if (MaxAge < TimeSpan.FromMinutes(1) || MaxAge > TimeSpan.FromDays(90))
            yield return "'maxAge' is from 1m to 90d";
    }

    internal override Func<IServiceProvider, IEvidenceVerifier> Prepare()
    {
        var keys = KeyFiles.Select(key => SigningKey.Load(Name, key.Key, key.Value)).ToArray();
        return services => new ProvenanceVerifier(this, keys, services.GetRequiredService<TimeProvider>());
    }
}
