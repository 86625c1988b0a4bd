using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Evidence;

/// <summary>Verifies what one trust vouches for.</summary>
internal interface IEvidenceVerifier
{
    EvidenceTrust Trust { get; }

    /// <summary>Whether what was brought says that it comes from this trust; believed for choosing one, and for nothing else.</summary>
    bool SaysToBeOf(PresentedEvidence presented);

    /// <summary>The digest that <see cref="VerifyAsync"/> gives it, with nothing verified; null when it cannot be read.</summary>
    string? DigestOf(PresentedEvidence presented);

    /// <summary>Nothing of what was brought is in a refusal, besides the names of members.</summary>
    Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation);
}
