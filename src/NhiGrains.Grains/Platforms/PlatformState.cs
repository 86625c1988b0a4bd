using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Platforms;

[GenerateSerializer]
[Alias("nhi.platform-state")]
internal sealed record PlatformState
{
    /// <summary>More than this many are told and remembered, but not listed: the list is there to be worked off.</summary>
    public const int MaxUnmanaged = 1_000;

    [Id(0)]
    public UnmanagedPrincipal[] Unmanaged { get; init; } = [];

    [Id(1)]
    public DateTimeOffset? LastSweep { get; init; }

    [Id(2)]
    public int Principals { get; init; }

    [Id(3)]
    public int Differences { get; init; }

    [Id(4)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>When the sweep began that ended at <see cref="LastSweep"/>.</summary>
    [Id(5)]
    public DateTimeOffset? LastSweepStarted { get; init; }

    /// <summary>
    /// The platform's own principals, as they were up to the first complete sweep, with the digest of what they had. What comes
    /// later, or changes, is told like everything else: an attacker could dress up as one of them, too.
    /// </summary>
    [Id(6)]
    public IReadOnlyDictionary<string, string> BuiltIn { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Those beyond the list, without their objects: that they were told of, and as what. One takes the place of each that goes.</summary>
    [Id(7)]
    public IReadOnlyDictionary<string, UnmanagedPrincipal> Unlisted { get; init; } = new Dictionary<string, UnmanagedPrincipal>(StringComparer.Ordinal);

    /// <summary>Identities that the last sweep asked to look.</summary>
    [Id(8)]
    public int Woken { get; init; }

    /// <summary>Calls to the platform while it was swept, by this process and for whatever reason; null where nobody counts them.</summary>
    [Id(9)]
    public long? Calls { get; init; }

    /// <summary>A sweep that has not come to its end, to go on behind it; null when there is none.</summary>
    [Id(10)]
    public SweepTally? Unfinished { get; init; }

    /// <summary>Pages of the platform's own lists that the last sweep read.</summary>
    [Id(11)]
    public int Pages { get; init; }

    /// <summary>How often the last sweep stopped and went on later.</summary>
    [Id(12)]
    public int Interruptions { get; init; }

    /// <summary>The principals that are known to belong to nobody, with the digest of what they have.</summary>
    public IReadOnlyDictionary<string, string> Known()
    {
        var known = new Dictionary<string, string>(BuiltIn, StringComparer.Ordinal);
        foreach (var one in Strays)
            known[one.Principal] = one.Digest;
        return known;
    }

    public IEnumerable<UnmanagedPrincipal> Strays => Unmanaged.Concat(Unlisted.Values);

    /// <summary>What was seen of a principal that no identity is bound to. The same instance when that is nothing new.</summary>
    public PlatformState With(string platform, Observation observation, DateTimeOffset now)
    {
        var own = observation.Objects.Where(seen => seen.Ownership != Ownership.Inherited).ToArray();
        var digest = Translation.DigestOf(own.Select(seen => seen.Object));
        if (own.Length == 0 || !own.All(seen => seen.BuiltIn))
            return With(platform, observation.Principal, own, digest, now);
        var before = BuiltIn.GetValueOrDefault(observation.Principal);
        return before == digest ? With(platform, observation.Principal, [], digest, now)
            : before is null && LastSweep is null
                ? this with { BuiltIn = new Dictionary<string, string>(BuiltIn, StringComparer.Ordinal) { [observation.Principal] = digest } }
                : With(platform, observation.Principal, own, digest, now);
    }

    private PlatformState With(string platform, string principal, ObservedObject[] own, string digest, DateTimeOffset now)
    {
        var listed = Unmanaged.FirstOrDefault(one => one.Principal == principal);
        var known = listed ?? Unlisted.GetValueOrDefault(principal);
        var told = own.Length == 0 ? known is null : known?.Digest == digest;
        if (told && (own.Length == 0 || listed is not null || Unmanaged.Length >= MaxUnmanaged))
            return this;
        var next = listed is not null ? this with { Unmanaged = [.. Unmanaged.Where(one => one != listed)] }
            : known is not null ? this with { Unlisted = Copy(Unlisted.Where(one => one.Key != principal)) }
            : this;
        if (own.Length > 0)
            next = next.Keep(new(principal, digest, own, told && known is not null ? known.DetectedAt : now));
        if (told)
            return next;
        var events = (known is null ? [] : new[] { Event(platform, "drift.resolved", known, now) })
            .Concat(own.Length == 0 ? [] : [Event(platform, "drift.detected", new(principal, digest, own, now), now)]);
        return next with { Outbox = events.Aggregate(Outbox, (box, change) => box.Add(change)) };
    }

    private PlatformState Keep(UnmanagedPrincipal one) => Unmanaged.Length < MaxUnmanaged
        ? this with { Unmanaged = [.. Unmanaged, one] }
        : this with { Unlisted = Copy(Unlisted.Append(new(one.Principal, one with { Objects = [] }))) };

    private static Dictionary<string, UnmanagedPrincipal> Copy(IEnumerable<KeyValuePair<string, UnmanagedPrincipal>> some) => new(some, StringComparer.Ordinal);

    /// <summary>With a principal that is only to be watched. The same instance when that was said before.</summary>
    public Result<PlatformState> WatchOnly(string platform, WatchOrder order, DateTimeOffset now)
    {
        if (Unmanaged.CheckSeen(order.Principal, order.Digest) is { } refusal)
            return refusal;
        var listed = Unmanaged.First(one => one.Principal == order.Principal);
        if (listed.WatchedOnly is not null)
            return this;
        var watched = listed with { WatchedOnly = new(order.Actor, order.Reason, now) };
        return this with
        {
            Unmanaged = [.. Unmanaged.Select(one => one == listed ? watched : one)],
            Outbox = Outbox.Add(Event(platform, "drift.accepted", watched, now, order.Actor, order.Reason)),
        };
    }

    /// <summary>Without a principal that an identity is bound to by now.</summary>
    public PlatformState Without(string platform, string principal, DateTimeOffset now) =>
        With(platform, new(platform, principal, null, [], now), now);

    /// <summary>With a sweep that has come to its end.</summary>
    public PlatformState Swept(SweepTally sweep, DateTimeOffset now) => this with
    {
        LastSweepStarted = sweep.Started,
        LastSweep = now,
        Principals = sweep.Principals,
        Differences = sweep.Differences,
        Woken = sweep.Woken,
        Calls = sweep.Calls,
        Pages = sweep.Pages,
        Interruptions = sweep.Interruptions,
        Unfinished = null,
    };

    private static AuditEvent Event(
        string platform, string action, UnmanagedPrincipal principal, DateTimeOffset at, string actor = Actors.System, string why = "observed") =>
        new(AuditSources.OfPlatform(platform), SourceSequence: 0, at, actor, action, why, null, principal.Digest, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["platform"] = platform,
            ["principal"] = principal.Principal,
            ["drift"] = principal.Digest[..16],
            ["kind"] = nameof(DifferenceKind.Unmanaged),
            ["objectKind"] = string.Join(", ", principal.Objects.Select(seen => seen.Object.Kind).Distinct(StringComparer.Ordinal)),
            ["key"] = string.Join(", ", principal.Objects.Select(seen => seen.Object.Key).Take(5)),
            ["ownership"] = nameof(Ownership.Foreign),
            ["observed"] = Bounded(Canonical.Text(principal.Objects.Select(seen => seen.Object))),
        });

    private static string Bounded(string text) => text.Length <= 8_000 ? text : text[..8_000] + "...";
}
