using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Grains.Identities;

namespace NhiGrains.Grains.People;

/// <summary>From a stored state to the next one by a command: pure.</summary>
internal static class DirectoryDecisions
{
    /// <summary>The state after the command; the same instance when it was carried out before.</summary>
    public static Result<DirectoryState> Execute(DirectoryState state, DirectoryEnvelope envelope, string name, DateTimeOffset now)
    {
        if ((IdempotencyKeys.Check(state.Done, envelope) ?? Names.CheckReason(ReasonOf(envelope.Command))) is { } refusal)
            return refusal;
        if (IdempotencyKeys.Find(state.Done, envelope.IdempotencyKey) is not null)
            return state;
        if (LateNews.Settle(state, envelope, name, now) is { } settled)
            return settled;
        var current = DirectoryRules.WithoutPast(state.People, now);
        var decided = Decide(current, envelope, now);
        if (decided.Refusal is { } refused)
            return refused;
        var next = decided.Value.Directory;
        var noted = LateNews.Note(state, envelope.Command, next, now);
        if (ReferenceEquals(next, current) || Canonical.Digest(next) == Canonical.Digest(current))
            return noted with { Done = IdempotencyKeys.Remember(state.Done, envelope) }; // Repeated after the next command, it would change something.
        var (before, after) = (Canonical.Digest(state.People), Canonical.Digest(next));
        var told = new AuditEvent(AuditSources.OfDirectory(name), SourceSequence: 0, now, envelope.Actor, decided.Value.Action, ReasonOf(envelope.Command), before, after, decided.Value.Details);
        return noted with
        {
            People = next,
            Outbox = state.Outbox.Add(told),
            Open = Opened(state, next, envelope, now),
            Done = IdempotencyKeys.Remember(state.Done, envelope),
        };
    }

    private static string ReasonOf(DirectoryCommand command) => command switch
    {
        DirectoryCommand.SetGroupMembers set => set.Reason,
        DirectoryCommand.Delegate delegated => delegated.Reason,
        DirectoryCommand.RecordDeparture departure => departure.Reason,
        DirectoryCommand.RecordReturn returned => returned.Reason,
        _ => "", // An absence needs none.
    };

    private static Result<DirectoryChange> Decide(PeopleDirectory people, DirectoryEnvelope envelope, DateTimeOffset now) => envelope.Command switch
    {
        DirectoryCommand.SetGroupMembers set => GroupRules.SetMembers(people, set.Group, set.Add, set.Remove),
        DirectoryCommand.Delegate delegated => DirectoryRules.CheckMayDelegate(envelope.Actor, delegated.From, delegated.To, delegated.Until, envelope.MayForOthers, envelope.IsDelegated) is { } refusal
            ? refusal
            : StandInRules.Delegate(people, delegated.From, delegated.To, delegated.Since, delegated.Until, now),
        DirectoryCommand.SetAbsence absence => DirectoryRules.CheckSpeaksFor(envelope.Actor, absence.Person, envelope.MayForOthers) is { } refusal
            ? refusal
            : StandInRules.SetAbsence(people, absence.Person, absence.Since, absence.Until, now),
        DirectoryCommand.RecordDeparture departure => DepartureRules.Depart(people, departure.Person, departure.Handover, now),
        DirectoryCommand.RecordReturn returned => DirectoryRules.CheckReturn(envelope.Actor, returned.Person) is { } refusal ? refusal : DepartureRules.Return(people, returned.Person),
        _ => new Refusal("UNKNOWN_COMMAND", $"There is no command '{envelope.Command.GetType().Name}'.", "Use a newer server."),
    };

    // From the first shard on, whatever an earlier review of the same person has told.
    private static OpenReview[] Opened(DirectoryState state, PeopleDirectory next, DirectoryEnvelope envelope, DateTimeOffset now)
    {
        var moved = next.Departed.Keys.Except(state.People.Departed.Keys, StringComparer.Ordinal)
            .Concat(state.People.Departed.Keys.Except(next.Departed.Keys, StringComparer.Ordinal))
            .ToArray();
        return
        [
            .. state.Open.Where(open => !moved.Contains(open.Person, StringComparer.Ordinal)),
            .. moved.Select(person => new OpenReview(Canonical.Digest(new { person, now, envelope.IdempotencyKey })[..32], person, envelope.Actor, Shard: 0, After: null, [])),
        ];
    }
}
