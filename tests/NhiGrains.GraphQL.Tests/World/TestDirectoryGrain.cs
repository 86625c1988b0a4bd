using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.People;

namespace NhiGrains.GraphQL.Tests.World;

/// <summary>The domain's own rules over the test's state; tells no identity of anything.</summary>
internal sealed class TestDirectoryGrain(TestWorld world, TimeProvider time) : Grain, IDirectoryGrain
{
    public Task<PeopleDirectory> Current() => Task.FromResult(world.People);

    public Task<DirectoryCopy> CurrentUnless(string? known) => Task.FromResult(new DirectoryCopy(Canonical.Digest(world.People), world.People));

    public Task<Departure?> DepartureOf(string person) => world.DirectoryAnswers
        ? Task.FromResult(world.People.DepartureOf(person))
        : throw new TimeoutException("The directory does not answer.");

    public Task<IReadOnlyList<OwnershipReview>> Reviews() => Task.FromResult(world.Reviews);

    public Task Start() => Task.CompletedTask;

    public Task<DirectoryAnswer> Execute(DirectoryEnvelope envelope)
    {
        world.DirectoryCommands.Enqueue(envelope);
        var change = Decide(envelope, time.GetUtcNow());
        if (change.Refusal is { } refusal)
            return Task.FromResult(new DirectoryAnswer(refusal, null));
        world.People = change.Value.Directory;
        return Task.FromResult(new DirectoryAnswer(null, world.People));
    }

    private Result<DirectoryChange> Decide(DirectoryEnvelope envelope, DateTimeOffset now) => envelope.Command switch
    {
        DirectoryCommand.SetGroupMembers set => GroupRules.SetMembers(world.People, set.Group, set.Add, set.Remove),
        DirectoryCommand.Delegate to => DirectoryRules.CheckMayDelegate(envelope.Actor, to.From, to.To, to.Until, envelope.MayForOthers, envelope.IsDelegated) is { } refusal
            ? refusal
            : StandInRules.Delegate(world.People, to.From, to.To, to.Since, to.Until, now),
        DirectoryCommand.SetAbsence absence => DirectoryRules.CheckSpeaksFor(envelope.Actor, absence.Person, envelope.MayForOthers) is { } refusal
            ? refusal
            : StandInRules.SetAbsence(world.People, absence.Person, absence.Since, absence.Until, now),
        DirectoryCommand.RecordDeparture departure => DepartureRules.Depart(world.People, departure.Person, departure.Handover, now),
        DirectoryCommand.RecordReturn returned => DirectoryRules.CheckReturn(envelope.Actor, returned.Person) is { } refusal ? refusal : DepartureRules.Return(world.People, returned.Person),
        _ => throw new NotSupportedException(envelope.Command.GetType().Name),
    };
}
