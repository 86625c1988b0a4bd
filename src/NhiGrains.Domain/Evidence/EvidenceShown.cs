namespace NhiGrains.Domain.Evidence;

/// <summary>How much evidence one thing rests on, and what of it counts when that is asked for again.</summary>
public static class EvidenceShown
{
    /// <summary>Of one request, and of one grant however often it is renewed: all of it is part of every decision, and of its audit entry.</summary>
    public const int Most = 5;

    /// <summary>
    /// What is shown now and, as far as there is room, what was shown before and still lasts: what lasts longest first. One that is
    /// shown again counts once.
    /// </summary>
    public static IReadOnlyList<VerifiedEvidence> Renewed(IReadOnlyList<VerifiedEvidence> before, IReadOnlyList<VerifiedEvidence> shown, DateTimeOffset now)
    {
        var lasting = before.Where(old => old.ExpiresAt > now && shown.All(one => one.Digest != old.Digest)).OrderByDescending(old => old.ExpiresAt);
        return [.. shown.Concat(lasting).Take(Most)];
    }
}
