using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.People;
using NhiGrains.Grains.People;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.People;

public class DirectoryTests
{
    [Fact]
    public async Task A_command_is_carried_out_once_and_every_change_is_told_with_who_and_why()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        var until = silos.Time.GetUtcNow().AddDays(2);
        var adding = new DirectoryCommand.SetGroupMembers("payments", ["ada", "bob"], [], "a new team");

        Assert.Null((await people.Do(adding, key: "one")).Refusal);
        Assert.Null((await people.Do(new DirectoryCommand.SetGroupMembers("payments", [], ["bob"], "moved"))).Refusal);
        Assert.Equal(["ada"], (await people.Do(adding, key: "one")).Directory?.Groups["payments"]); // Again: Bob is not back.
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await people.Do(new DirectoryCommand.RecordReturn("ada", ""), key: "one")).Refusal?.Code);
        Assert.Equal("NOT_FOR_OTHERS", (await people.Do(new DirectoryCommand.Delegate("ada", "bob", null, until, ""), actor: "eve", mayForOthers: false)).Refusal?.Code);
        Assert.Equal("REASON_TOO_LONG", (await people.Do(new DirectoryCommand.RecordReturn("ada", new string('x', 1_001)))).Refusal?.Code);
        Assert.Null((await people.Do(new DirectoryCommand.Delegate("ada", "bob", null, until, "a journey"), actor: "ada", mayForOthers: false)).Refusal);
        Assert.Null((await people.Do(new DirectoryCommand.SetAbsence("ada", null, until), actor: "ada", mayForOthers: false)).Refusal);
        Assert.Null((await people.Do(new DirectoryCommand.RecordReturn("ada", "was here all the time"))).Refusal); // No change, and nothing to tell.
        silos.Time.Advance(TimeSpan.FromDays(2));
        var left = (await people.Departs("bob")).Directory;

        Assert.Equal((0, 0), (left?.Delegations.Count, left?.Absences.Count)); // What is over is dropped by the next change.
        var told = await people.Told();
        Assert.Equal(["directory.group-changed", "directory.group-changed", "directory.delegated", "directory.absence-set", "directory.person-departed"], told.Select(one => one.Action));
        Assert.Equal(Enumerable.Range(1, told.Length).Select(number => (long)number), told.Select(one => one.SourceSequence));
        Assert.Equal(told.SkipLast(1).Select(one => one.After), told.Skip(1).Select(one => one.Before));
        Assert.Equal(("root", "a new team", """["ada","bob"]"""), (told[0].Actor, told[0].Why, told[0].Details["added"]));
        Assert.Equal(("ada", "a journey", "bob"), (told[2].Actor, told[2].Why, told[2].Details["to"]));
    }

    [Fact]
    public async Task A_directory_that_was_frozen_while_another_silo_took_over_undoes_nothing_of_what_that_one_did()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("payments", ["ada"], [], ""));
        await using (var rivals = await silos.RivalsAsync())
            Assert.Null((await new People(rivals).Do(new DirectoryCommand.SetGroupMembers("payments", [], ["ada"], "left the team"), key: "rival")).Refusal);
        var adding = new DirectoryCommand.SetGroupMembers("payments", ["bob"], [], "");

        await Assert.ThrowsAnyAsync<Exception>(() => people.Do(adding, key: "frozen"));
        await people.Until(async () => await TryAsync(() => people.Do(adding, key: "frozen")), "loaded again");

        Assert.Equal(["bob"], (await people.Directory.Current()).Groups["payments"]);
    }

    [Fact]
    public async Task Who_left_a_group_while_a_silo_was_frozen_is_no_member_there_when_it_wakes()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("payments", ["ada"], [], ""));
        Assert.Single((await people.Directory.Current()).Groups["payments"]);
        await using var rivals = await silos.RivalsAsync();
        Assert.Null((await new People(rivals).Do(new DirectoryCommand.SetGroupMembers("payments", ["bob"], ["ada"], "left the team"), key: "rival")).Refusal);
        Assert.Null((await new People(rivals).Do(new DirectoryCommand.RecordDeparture("carl", TimeSpan.FromDays(1), ""), key: "rival-again")).Refusal);

        silos.Time.Advance(PersistentStates.Fresh);

        var answered = await Woken.AnswerAsync(() => people.Directory.Current());
        Assert.Equal(["bob"], answered.Groups["payments"]);
        Assert.NotNull(await people.Directory.DepartureOf("carl"));
    }

    [Fact]
    public async Task A_change_that_is_being_written_does_not_show_until_it_is_durable()
    {
        await using var silos = await TwoSilos.StartAsync();
        var store = new HeldState();
        var book = new DirectoryBook(store, "held", new Uninvolved(), silos.Grains, silos.Time, NullLogger.Instance);

        var updating = book.Update(state => state with { People = GroupRules.SetMembers(state.People, "payments", ["ada"], []).Value.Directory });

        Assert.Single(store.State.People.Groups); // It is on its way.
        Assert.Empty(book.Stored.People.Groups);
        store.Written.SetResult();
        await updating;
        Assert.Single(book.Stored.People.Groups);
    }

    [Fact]
    public void No_name_of_an_actor_that_is_none_of_the_people_passes_for_a_person() =>
        Assert.All([Actors.System, Actors.PolicyFile, Actors.Demo, Actors.PeopleEvents, Actors.OfIdentity("billing")], name => Assert.False(PersonNames.IsPerson(name)));

    private static async Task<bool> TryAsync(Func<Task<DirectoryAnswer>> act)
    {
        try
        {
            return (await act()).Refusal is null;
        }
        catch (Exception)
        {
            return false; // The activation that was frozen is given up, which takes a moment.
        }
    }

    /// <summary>A store that has not answered yet.</summary>
    private sealed class HeldState : IPersistentState<DirectoryState>
    {
        public TaskCompletionSource Written { get; } = new();

        public DirectoryState State { get; set; } = new();

        public string? Etag => null;

        public bool RecordExists => false;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync() => Task.CompletedTask; // It has what it had.

        public Task WriteStateAsync() => Written.Task;
    }

    private sealed class Uninvolved : IGrainBase
    {
        public IGrainContext GrainContext => throw new NotSupportedException();
    }
}
