namespace NhiGrains.Domain.Evidence;

/// <summary>Which evidence belongs to the identity that it was used for, and for how long it is a replay for any other.</summary>
public static class EvidenceOwnership
{
    /// <summary>
    /// Of a certificate, after its last use: whoever shows it has its key, so it is nobody's copy, and an identity that was named by
    /// mistake keeps it for no longer.
    /// </summary>
    public static readonly TimeSpan OfCertificates = TimeSpan.FromDays(1);

    /// <summary>Null when it belongs to nobody: a provenance says what an artifact is, and not who asks for something.</summary>
    public static DateTimeOffset? Until(VerifiedEvidence evidence, DateTimeOffset now) => evidence.Kind switch
    {
        EvidenceKind.Provenance => null,
        EvidenceKind.ClientCertificate when FullHour(now + OfCertificates) is var end && end < evidence.ExpiresAt => end,
        _ => evidence.ExpiresAt,
    };

    // So that not each use has to be written down.
    private static DateTimeOffset FullHour(DateTimeOffset at)
    {
        var over = at.UtcTicks % TimeSpan.TicksPerHour;
        return over == 0 ? at : at.AddTicks(TimeSpan.TicksPerHour - over);
    }
}
