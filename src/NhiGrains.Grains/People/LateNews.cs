using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.People;
using NhiGrains.Grains.Identities;

namespace NhiGrains.Grains.People;

/// <summary>Departures and returns that are told after a later one of the same person: they are told in the audit, and change nothing.</summary>
internal static class LateNews
{
    /// <summary>What becomes of a command that is not to be decided; null for the others.</summary>
    public static Result<DirectoryState>? Settle(DirectoryState state, DirectoryEnvelope envelope, string name, DateTimeOffset now)
    {
        if (envelope.Command is not IDirectoryNews { At: { } at } news)
            return null;
        if (LastTold.Check(at, now) is { } refusal)
            return refusal;
        if (!state.Told.IsOutdated(news.Person, at))
            return null;
        var (digest, details) = (Canonical.Digest(state.People), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["person"] = news.Person,
            ["command"] = news.GetType().Name,
            ["happenedAt"] = Canonical.Instant(at),
            ["lastKnown"] = Canonical.Instant(state.Told.Times[news.Person]),
        });
        var told = new AuditEvent(AuditSources.OfDirectory(name), SourceSequence: 0, now, envelope.Actor, "directory.outdated", news.Reason, digest, digest, details);
        return state with { Outbox = state.Outbox.Add(told), Done = IdempotencyKeys.Remember(state.Done, envelope) };
    }

    /// <summary>With the time of what was told, whether or not it changed anything: something older may still come.</summary>
    public static DirectoryState Note(DirectoryState state, DirectoryCommand command, PeopleDirectory next, DateTimeOffset now) =>
        command is IDirectoryNews news ? state with { Told = state.Told.With(news.Person, news.At ?? now, next.Departed) } : state;
}
