using NhiGrains.Domain.Evidence;

namespace NhiGrains.Contracts.Evidence;

/// <summary>
/// Which piece of evidence came along, and nothing of what it says. Anybody could have made it up: it tells a command from another
/// one, and is never evidence.
/// </summary>
/// <param name="Trust">As <see cref="VerifiedEvidence.Trust"/>.</param>
/// <param name="Digest">As <see cref="VerifiedEvidence.Digest"/>.</param>
public sealed record EvidenceMark(string Trust, string Digest)
{
    public static EvidenceMark Of(VerifiedEvidence verified) => new(verified.Trust, verified.Digest);
}
