using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Platforms;

/// <summary>One platform; the key is its id.</summary>
[Alias("nhi.platform")]
public interface IPlatformGrain : IGrainWithStringKey
{
    [AlwaysInterleave] // A sweep takes long, and nobody who looks waits for it.
    [Alias("get")]
    Task<PlatformView> Get();

    /// <summary>
    /// Makes sure that the platform is being watched. Every silo calls it again and again, so that the watch moves when a silo
    /// dies.
    /// </summary>
    [AlwaysInterleave]
    [Alias("start")]
    Task Start();

    /// <summary>
    /// Has the whole platform read, and the identities that differ look for themselves, by a sweep that begins after this call.
    /// Waits for it as long as it is told to, and never for long: the sweep goes on by itself.
    /// </summary>
    [AlwaysInterleave]
    [Alias("sweep")]
    Task<SweepAnswer> Sweep(SweepOrder order);

    /// <summary>
    /// Somebody says that a principal may have changed, as a watch would: it is looked at soon. A hint too many is harmless; those that
    /// arrive together are looked at once.
    /// </summary>
    [AlwaysInterleave]
    [OneWay]
    [Alias("hint")]
    Task Hint(string principal);

    /// <summary>
    /// A principal that no identity is bound to is to be watched only: it is known, and told again when it changes.
    /// </summary>
    [AlwaysInterleave]
    [Alias("watch-only")]
    Task<WatchAnswer> WatchOnly(WatchOrder order);
}

/// <param name="Digest">What the principal had when the person who decides looked at it.</param>
public sealed record WatchOrder(string Actor, string Principal, string Digest, string Reason);

public sealed record WatchAnswer(Refusal? Refusal, PlatformView? Platform);

public static class SweepWaits
{
    /// <summary>Below the time after which a call between grains is given up.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
}

/// <param name="Actor">Who asks, as the front end authenticated it.</param>
/// <param name="IdempotencyKey">A repeated one gets the sweep of its first call.</param>
/// <param name="Patience">How long to wait for its end; zero: not at all, and no more than <see cref="SweepWaits.Longest"/>.</param>
public sealed record SweepOrder(string Actor, string IdempotencyKey, TimeSpan Patience);

public sealed record SweepAnswer(PlatformView Platform, SweepProgress Progress);

public enum SweepProgress
{
    /// <summary>It is under way, or waits for another one to end.</summary>
    Running,

    Done,

    /// <summary>The platform could not be read as a whole; the view's message says why.</summary>
    Failed,
}

public enum PlatformHealth
{
    Unknown,
    Reachable,
    Unreachable,
}

/// <param name="LastSweep">When the last sweep that read everything ended, which began at <paramref name="LastSweepStarted"/>.</param>
/// <param name="SweptSince">Since when a sweep is under way; null when none is.</param>
/// <param name="Differences">Identities whose platform had drifted, at the last sweep: new ones, and those known before.</param>
/// <param name="Unmanaged">Principals that have access of their own and that no identity is bound to; a list that is cut.</param>
/// <param name="Unlisted">How many of them are not in the list.</param>
/// <param name="Woken">Identities that the last sweep asked to look, since what it saw was not what they saw last.</param>
/// <param name="Calls">Calls to the platform during the last sweep, from the process that swept it; null where nobody counts them.</param>
/// <param name="Pages">Pages of the platform's own lists that the last sweep read.</param>
/// <param name="Interruptions">How often the last sweep was stopped by a fault or a restart, and went on behind what it had looked at.</param>
public sealed record PlatformView(
    string Platform,
    PlatformHealth Health,
    string Message,
    DateTimeOffset? LastContact,
    DateTimeOffset? LastSweep,
    int Principals,
    int Differences,
    IReadOnlyList<UnmanagedPrincipal> Unmanaged,
    DateTimeOffset? LastSweepStarted = null,
    DateTimeOffset? SweptSince = null,
    int Unlisted = 0,
    int Woken = 0,
    long? Calls = null,
    int Pages = 0,
    int Interruptions = 0);

/// <param name="Digest">Of what gives it access, so that a change shows.</param>
/// <param name="WatchedOnly">Who said that it is known as it is; null when nobody has, or when it has changed since.</param>
public sealed record UnmanagedPrincipal(
    string Principal, string Digest, IReadOnlyList<ObservedObject> Objects, DateTimeOffset DetectedAt, WatchNote? WatchedOnly = null);

public static class UnmanagedPrincipals
{
    /// <summary>Null when the principal is listed, and still has what it had when a person looked at it.</summary>
    public static Refusal? CheckSeen(this IReadOnlyList<UnmanagedPrincipal> unmanaged, string principal, string digest) =>
        unmanaged.FirstOrDefault(one => one.Principal == principal) is not { } listed
            ? new("NOT_UNMANAGED", "The principal is not in the list of those that no identity is bound to.", "Look at 'unmanaged' of the platform.", "principal")
        : listed.Digest != digest
            ? new("PRINCIPAL_CHANGED", "The principal has something else by now.", "Look at it again, and decide anew.", "digest")
        : null;
}

public sealed record WatchNote(string Actor, string Reason, DateTimeOffset At);
