using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Reading;
using NhiGrains.Evidence.Tokens;

namespace NhiGrains.Evidence.Provenance;

/// <summary>The signature first, over type and payload; only then is the payload read.</summary>
internal sealed class ProvenanceVerifier(ProvenanceTrust trust, IReadOnlyList<SigningKey> keys, TimeProvider time) : IEvidenceVerifier
{
    public EvidenceTrust Trust => trust;

    public bool SaysToBeOf(PresentedEvidence presented) =>
        presented.Value is { } text && DsseEnvelope.Read(text) is { IsOk: true } envelope
        && envelope.Value.Signatures.Any(signature => keys.Any(key => key.Id == signature.KeyId));

    public string? DigestOf(PresentedEvidence presented) =>
        DsseEnvelope.Read(presented.Value ?? "") is { IsOk: true } envelope ? DigestOf(envelope.Value.PreAuthenticationEncoding()) : null;

    public Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation)
    {
        var read = DsseEnvelope.Read(presented.Value ?? "");
        return Task.FromResult(read.Refusal is { } unreadable ? unreadable : Verify(read.Value));
    }

    private Result<VerifiedEvidence> Verify(DsseEnvelope envelope)
    {
        var signed = envelope.PreAuthenticationEncoding();
        if (CheckSignatures(envelope, signed) is { } unsigned)
            return unsigned;
        if (envelope.PayloadType != SlsaStatement.PayloadType)
            return EvidenceRefusals.PayloadType;
        var statement = SlsaStatement.Read(envelope.Payload);
        return statement.Refusal is { } unreadable ? unreadable : Judge(statement.Value, DigestOf(signed));
    }

    private static string DigestOf(byte[] signed) => Digests.Of("envelope", signed);

    private Result<VerifiedEvidence> Judge(SlsaStatement statement, string digest)
    {
        if (trust.Builders is { } builders && !builders.Contains(statement.BuilderId, StringComparer.Ordinal))
            return EvidenceRefusals.Builder;
        var now = time.GetUtcNow();
        if (statement.FinishedOn > now + TokenTimes.Skew || statement.StartedOn > now + TokenTimes.Skew)
            return EvidenceRefusals.Future;
        if (statement.FinishedOn is null && !trust.AllowUndated)
            return EvidenceRefusals.NoTimes;
        var end = (statement.FinishedOn ?? now) + trust.MaxAge;
        if (end <= now)
            return EvidenceRefusals.Expired;
        var claims = statement.Claims();
        return claims.Refusal is { } refusal ? refusal : new VerifiedEvidence(trust.Kind, trust.Name, statement.BuilderId, claims.Value, end, digest);
    }

    // One signature of a trusted key is enough. A key id only says which key to try; without one, each is tried.
    private Refusal? CheckSignatures(DsseEnvelope envelope, byte[] signed)
    {
        var tries = envelope.Signatures.SelectMany(signature => keys.Where(key => signature.KeyId is null || key.Id == signature.KeyId).Select(key => (key, signature))).ToArray();
        return tries.Length == 0 ? EvidenceRefusals.UnknownKey
            : tries.Any(one => one.key.Signed(signed, one.signature.Bytes)) ? null
            : EvidenceRefusals.Signature;
    }
}
