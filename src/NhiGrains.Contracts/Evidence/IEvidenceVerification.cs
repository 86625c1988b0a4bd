using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Contracts.Evidence;

/// <summary>What a requester brought, before it was looked at. A secret: never stored, logged or sent on (promise 11).</summary>
/// <param name="Trust">Which of the configured trusts vouches for it; null when there is one for the kind, or its issuer tells.</param>
/// <param name="Value">The token or the envelope; null for <see cref="EvidenceKind.ClientCertificate"/>, which the connection has.</param>
public sealed record PresentedEvidence(EvidenceKind Kind, string? Trust, string? Value)
{
    /// <summary>DER of the certificate that the connection was authenticated with; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Certificate { get; init; }

    public override string ToString() => $"{Kind} of {Trust ?? "(unsaid)"}"; // A record would print the token.
}

/// <summary>Verifies what requesters bring: never believed, and never more than what was verified.</summary>
public interface IEvidenceVerification
{
    /// <summary>All of it, or the first that is wrong and why. Nothing of what was brought is in a refusal.</summary>
    Task<Result<IReadOnlyList<VerifiedEvidence>>> VerifyAsync(IReadOnlyList<PresentedEvidence> presented, CancellationToken cancellation);

    /// <summary>
    /// Which pieces they are, with nothing verified; null when that cannot be told of all of them. Of what <see cref="VerifyAsync"/>
    /// has verified once it tells the same, whenever it is asked.
    /// </summary>
    IReadOnlyList<EvidenceMark>? Recognize(IReadOnlyList<PresentedEvidence> presented);
}
