using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Evidence;

/// <summary>Finds the trust of each piece of evidence, and has it verified.</summary>
internal sealed class EvidenceVerification(IReadOnlyList<IEvidenceVerifier> verifiers) : IEvidenceVerification, IDisposable
{
    public const int MostAtOnce = EvidenceShown.Most;

    public async Task<Result<IReadOnlyList<VerifiedEvidence>>> VerifyAsync(IReadOnlyList<PresentedEvidence> presented, CancellationToken cancellation)
    {
        if (presented.Count > MostAtOnce)
            return EvidenceRefusals.TooMany(MostAtOnce) with { Field = "evidence" };
        var verified = new List<VerifiedEvidence>();
        foreach (var (index, one) in presented.Index())
        {
            var result = await VerifyAsync(one, cancellation);
            if (result.Refusal is { } refusal)
                return refusal with { Field = $"evidence[{index}]" };
            if (verified.Any(other => other.Digest == result.Value.Digest))
                return EvidenceRefusals.Twice with { Field = $"evidence[{index}]" };
            verified.Add(result.Value);
        }

        return Result<IReadOnlyList<VerifiedEvidence>>.Ok(verified);
    }

    public IReadOnlyList<EvidenceMark>? Recognize(IReadOnlyList<PresentedEvidence> presented)
    {
        if (presented.Count > MostAtOnce)
            return null;
        var marks = presented.Select(Mark).OfType<EvidenceMark>().ToArray();
        return marks.Length == presented.Count ? marks : null;
    }

    public void Dispose()
    {
        foreach (var verifier in verifiers.OfType<IDisposable>())
            verifier.Dispose();
    }

    private async Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation)
    {
        var found = Find(presented);
        return found.Refusal is { } refusal ? refusal : await found.Value.VerifyAsync(presented, cancellation);
    }

    private EvidenceMark? Mark(PresentedEvidence presented) =>
        Find(presented) is { IsOk: true } found && found.Value.DigestOf(presented) is { } digest ? new(found.Value.Trust.Name, digest) : null;

    private static Refusal? CheckValue(PresentedEvidence presented) => presented switch
    {
        { Kind: EvidenceKind.ClientCertificate, Value: not null } => EvidenceRefusals.ValueUnwanted,
        { Kind: not EvidenceKind.ClientCertificate, Value: null or "" } => EvidenceRefusals.ValueRequired,
        _ => null,
    };

    private Result<IEvidenceVerifier> Find(PresentedEvidence presented)
    {
        if (CheckValue(presented) is { } refusal)
            return refusal;
        var ofKind = verifiers.Where(verifier => verifier.Trust.Kind == presented.Kind).ToArray();
        if (presented.Trust is { } name)
        {
            return ofKind.FirstOrDefault(verifier => verifier.Trust.Name == name) is { } named
                ? Result<IEvidenceVerifier>.Ok(named)
                : EvidenceRefusals.UnknownTrust;
        }

        var candidates = ofKind.Length > 1 ? [.. ofKind.Where(verifier => verifier.SaysToBeOf(presented))] : ofKind;
        return candidates switch
        {
            [var only] => Result<IEvidenceVerifier>.Ok(only),
            [] when ofKind.Length > 1 => EvidenceRefusals.IssuerRefused,
            [] => EvidenceRefusals.NoTrust,
            _ => EvidenceRefusals.TrustRequired,
        };
    }
}
