using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain;
using NhiGrains.Domain.Drift;

namespace NhiGrains.Grains.Enforcement;

/// <summary>Differences as they are kept and told: bounded, since what is observed is written by others.</summary>
internal static class DriftItems
{
    public const int MaxItems = 100;

    private const int MaxBody = 8_000;

    /// <summary>
    /// The differences of one observation; those that were known keep the time at which they were found. What nobody has accepted comes
    /// first, since no more than <see cref="MaxItems"/> are kept.
    /// </summary>
    public static IReadOnlyList<DriftItem> Of(
        string identityId, string platform, IEnumerable<Difference> differences, EnforcementState known, DateTimeOffset now)
    {
        var items = differences.Select(difference => Item(identityId, platform, difference, known, now)).ToArray();
        var open = Open(items, known.Accepted, now).ToHashSet();
        return [.. items.OrderBy(item => open.Contains(item) ? 0 : 1)];
    }

    /// <summary>What a difference is called, whole: a change beyond what is kept of it is seen too.</summary>
    public static string IdOf(Difference difference) => Canonical.Digest(difference)[..16];

    /// <summary>Those that nobody has accepted, or no longer.</summary>
    public static IEnumerable<DriftItem> Open(IEnumerable<DriftItem> items, IReadOnlyList<AcceptedDrift> accepted, DateTimeOffset now) =>
        items.Where(item => !accepted.Any(accept => accept.DriftId == item.Id && !(accept.Until <= now)));

    private static DriftItem Item(string identityId, string platform, Difference difference, EnforcementState known, DateTimeOffset now)
    {
        var id = IdOf(difference);
        var detectedAt = known.Drift.FirstOrDefault(item => item.Id == id)?.DetectedAt ?? now;
        var ignoredUntil = known.Accepted.FirstOrDefault(accept => accept.DriftId == id)?.Until;
        return new(id, identityId, platform, difference with { Desired = Bounded(difference.Desired), Observed = Bounded(difference.Observed) }, detectedAt, ignoredUntil);
    }

    private static string? Bounded(string? body) =>
        body is { Length: > MaxBody } ? $"{body.AsSpan(0, MaxBody)}... ({body.Length - MaxBody} characters more)" : body;
}
