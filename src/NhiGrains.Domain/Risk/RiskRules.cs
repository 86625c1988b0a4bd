using System.Text.RegularExpressions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Risk;

/// <summary>How signals come to an identity, what they do to it, and how they leave it.</summary>
public static partial class RiskRules
{
    /// <summary>Signals of one identity, those that were cleared among them: its state stays small.</summary>
    public const int MaxSignals = 50;

    /// <summary>Of those that were cleared and made room, these are remembered; of more, those that last longest.</summary>
    public const int MaxSettled = 200;

    public const int MaxId = 256;
    public const int MaxSource = 300;
    public const int MaxType = 64;
    public const int MaxNote = 300;

    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    /// <summary>By how much the clock of a source may be ahead.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    public static Refusal? Check(RiskSignal signal, DateTimeOffset now)
    {
        if (signal.Id.Length is 0 or > MaxId || signal.Source.Length is 0 or > MaxSource)
            return new("INVALID_RISK", $"A signal's id has 1 to {MaxId} characters, and its source 1 to {MaxSource}.", "Shorten them.", "id");
        if (!TypeName().IsMatch(signal.Type))
            return new("INVALID_RISK_TYPE", $"A signal's type is 1 to {MaxType} lower-case letters, digits, '.', '_' and '-'.", "Give for example 'secret-leaked'.", "type");
        if (signal.Note?.Length > MaxNote)
            return new("NOTE_TOO_LONG", $"A note has at most {MaxNote} characters.", "Shorten it, or refer to a ticket.", "note");
        if (signal.At > now + Ahead)
            return new("RISK_FROM_THE_FUTURE", $"The signal was noticed more than {Ahead.TotalMinutes:0} minutes from now.", "Set the clock of whoever sends it.", "at");
        if (signal.EndsAt <= now)
            return new("RISK_OVER", "The signal is over already.", "Give an end that is still to come.", "endsAt");
        return signal.EndsAt > now + LongestLife
            ? new("RISK_TOO_LONG", $"A signal lasts at most {LongestLife.TotalDays:0} days.", "Give an earlier end, and tell it again later.", "endsAt")
            : null;
    }

    /// <summary>
    /// Adds a signal, and does what is to be done about it in the same change. The same value when it is known, cleared or not.
    /// </summary>
    /// <param name="verdict">What policy says to it; null for nothing.</param>
    public static Result<Identity> Report(Identity identity, RiskSignal signal, RiskVerdict? verdict, DateTimeOffset now)
    {
        if (Check(signal, now) is { } refusal)
            return refusal;
        if (identity.Risks.Any(known => known.Key == signal.Key) || identity.SettledRisks?.Any(settled => settled.Key == signal.Key && settled.EndsAt > now) == true)
            return identity;
        if (identity.Status == IdentityStatus.Retired)
            return new Refusal("WRONG_STATUS", "The identity is retired and has nothing that could be at risk.", "Look at its status first.", "id");
        // Who is leaving loses everything anyhow.
        var suspends = verdict?.Action == RiskAction.Suspend && identity.Status != IdentityStatus.Offboarding;
        var kept = suspends ? signal with { Suspension = verdict } : signal;
        if (RoomFor(kept, identity.Risks) is not { } others)
            return new Refusal("TOO_MANY_RISKS", $"The identity has {MaxSignals} signals that are as severe.", "Clear those that are settled with 'clearRisk'.", "id");
        var next = identity with { Risks = [.. others, kept], SettledRisks = Settled(identity, others, now) };
        return suspends ? Suspend(next, now) : next;
    }

    /// <summary>Somebody says that a signal counts no more. Nothing comes back by that: to resume is another step.</summary>
    public static Result<Identity> Clear(Identity identity, string key, DateTimeOffset now) => identity.Risks.FirstOrDefault(risk => risk.Key == key) switch
    {
        null => new Refusal("UNKNOWN_RISK", "The identity has no such signal, or it is over.", "Look at the identity's 'risks'.", "riskId"),
        { IsCleared: true } => identity,
        _ => identity with { Risks = [.. identity.Risks.Select(risk => risk.Key == key ? risk with { ClearedAt = now } : risk)] },
    };

    /// <summary>Without the signals that are over. The same value when none is.</summary>
    public static Identity WithoutEnded(Identity identity, DateTimeOffset now) =>
        identity.Risks.Any(risk => risk.EndsAt <= now) ? identity with { Risks = [.. identity.Risks.Where(risk => risk.EndsAt > now)] } : identity;

    /// <summary>When signals are over.</summary>
    public static IEnumerable<DateTimeOffset> Ends(Identity identity) => identity.Risks.Select(risk => risk.EndsAt);

    /// <summary>The worst that counts; null when nothing does.</summary>
    public static RiskSeverity? Worst(Identity identity) =>
        identity.Risks.Where(risk => !risk.IsCleared).Max(risk => (RiskSeverity?)risk.Severity);

    /// <summary>A person resumes, and not while what the identity was suspended for goes on.</summary>
    public static Refusal? CheckResume(Identity identity) => identity.Risks.FirstOrDefault(risk => risk is { Suspension: not null, IsCleared: false }) is { } alive
        ? new("RISK_ALIVE", $"The identity is suspended for the signal {alive.Key} ({alive.Type}), which lasts until {Canonical.Instant(alive.EndsAt)}.", "Clear it with 'clearRisk' first, or wait for its end.", "id")
        : null;

    private static Identity Suspend(Identity identity, DateTimeOffset now) => (identity with
    {
        Status = IdentityStatus.Suspended,
        Grants = identity.AfterStep(grant => grant switch
        {
            ActiveGrant active => active.BeginRevocation(RevocationReason.RiskSignal, now),
            PendingApprovalGrant pending => pending.Deny(),
            _ => grant,
        }),
    }).AsNextGeneration();

    /// <returns>The others that stay; null when all of them matter as much as the new one.</returns>
    private static IReadOnlyList<RiskSignal>? RoomFor(RiskSignal signal, IReadOnlyList<RiskSignal> known)
    {
        if (known.Count < MaxSignals)
            return known;
        // A source that tells much of little must not keep out what is severe.
        var least = known.OrderBy(Weight).ThenBy(risk => risk.EndsAt).First();
        return Weight(least).CompareTo(Weight(signal)) < 0 ? [.. known.Where(risk => risk != least)] : null;
    }

    /// <summary>With what was cleared and is not among those that stay.</summary>
    private static IReadOnlyList<SettledRisk>? Settled(Identity identity, IReadOnlyList<RiskSignal> others, DateTimeOffset now)
    {
        var gone = identity.Risks.Except(others).Where(risk => risk.IsCleared).Select(risk => new SettledRisk(risk.Key, risk.EndsAt)).ToArray();
        return gone.Length == 0
            ? identity.SettledRisks
            : [.. (identity.SettledRisks ?? []).Concat(gone).Where(settled => settled.EndsAt > now).OrderByDescending(settled => settled.EndsAt).Take(MaxSettled)];
    }

    private static (bool Counts, bool Suspends, RiskSeverity Severity) Weight(RiskSignal risk) => (!risk.IsCleared, risk.Suspension is not null, risk.Severity);

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeName();
}
