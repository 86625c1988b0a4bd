using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Identities;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.People;

/// <summary>Item 10 of issue 4: the owner of identities leaves.</summary>
public class DepartureTests
{
    private static readonly PolicyRule Standing = new("standing", PolicyEffect.Permit, new(Standing: true));

    [Fact]
    public async Task What_somebody_owned_who_left_is_on_the_list_of_orphans_and_suspended_when_nobody_takes_it_over_in_time()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Standing);
        var people = new People(silos);
        var billing = new Scenario(silos, "billing");
        await billing.Register(); // Ada's.
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await billing.Do(new IdentityCommand.SetIntent([Scenario.May("stock")], "always needed"));
        await billing.UntilHas(billing.Key("stock"));
        await people.Register("shipping", "ada");
        await people.Register("taxes", "bob");

        await people.Departs("ada", days: 3);

        await people.UntilReviewed();
        await people.UntilOrphansAre("billing", "shipping");
        var orphaned = (await people.Identity("billing")).Orphaned;
        Assert.Equal(("ada", TimeSpan.FromDays(3)), (orphaned?.Person, orphaned?.Deadline - orphaned?.Since));
        Assert.Equal(IdentityStatus.Active, (await people.Identity("billing")).Status);
        await billing.UntilHas(billing.Key("stock")); // Until the deadline it goes on.
        Assert.Null((await silos.Identity("shipping").Execute(new("transfer", "root", new IdentityCommand.TransferOwnership(new("bob", "payments"), "taken over")))).Refusal);
        await people.UntilOrphansAre("billing");

        silos.Time.Advance(TimeSpan.FromDays(3));

        await billing.UntilHas();
        await people.Until(async () => (await people.Identity("billing")).Status == IdentityStatus.Suspended, "suspended");
        Assert.Equal(IdentityStatus.Active, (await people.Identity("shipping")).Status);
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(told => told.Source == "identity/billing").ToArray();
        Assert.Equal(["identity.registered", "identity.bound", "identity.intent-set", "identity.orphaned", "identity.suspended-ownerless"], told.Select(one => one.Action));
        Assert.Equal(("root", "ada"), (told[3].Actor, told[3].Details["departed"]));
        Assert.Equal("system", told[4].Actor);
        Assert.Equal(told.SkipLast(1).Select(one => one.After), told.Skip(1).Select(one => one.Before));

        // It is resumed only when it has an owner again.
        Assert.Equal("OWNERLESS", (await billing.Do(new IdentityCommand.ResumeIdentity("needed"))).Refusal?.Code);
        Assert.Equal("OWNER_DEPARTED", (await billing.Do(new IdentityCommand.TransferOwnership(new("ada", "payments"), "back to her"))).Refusal?.Code);
        Assert.Null((await billing.Do(new IdentityCommand.TransferOwnership(new("bob", "payments"), "taken over"))).Refusal);
        Assert.Null((await billing.Do(new IdentityCommand.ResumeIdentity("needed"))).Refusal);
        await people.UntilOrphansAre();
        await billing.UntilHas(billing.Key("stock"));
    }

    [Fact]
    public async Task Every_identity_hears_of_it_although_every_silo_died_in_the_middle()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        var ids = Enumerable.Range(0, 60).Select(number => $"worker-{number}").ToArray();
        await Task.WhenAll(ids.Select(id => people.Register(id, "ada")));
        var heard = 0;
        silos.BeforeCall = call =>
        {
            if (IsTold(call, out _) && Interlocked.Increment(ref heard) > 20)
                throw new InvalidOperationException("The silo is about to die.");
        };
        await people.Departs("ada");
        await people.Until(() => Task.FromResult(heard > 20), "in the middle");

        await silos.CrashAsync();
        silos.BeforeCall = null;
        await silos.StartAgainAsync();
        Assert.NotEmpty(await people.Directory.Reviews());
        await people.Directory.Start();

        await people.UntilReviewed();
        Assert.All(await Task.WhenAll(ids.Select(people.Identity)), identity => Assert.Equal("ada", identity.Orphaned?.Person));
        await people.UntilOrphansAre(ids);
        foreach (var id in ids.Take(8))
            Assert.Single(await Story.Of(silos, id), entry => entry.Event.Action == "identity.orphaned");
        Assert.Single(await people.Told(), told => told.Action == "directory.person-departed");
    }

    [Fact]
    public async Task One_that_does_not_answer_holds_up_nobody_and_hears_of_it_when_it_does()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        await Task.WhenAll(people.Register("mute", "ada"), people.Register("other", "ada"), people.Register("third", "bob"));
        silos.BeforeCall = call =>
        {
            if (IsTold(call, out var id) && id == "mute")
                throw new InvalidOperationException("Out of order.");
        };

        await people.Departs("ada");
        await people.Departs("bob");

        await people.UntilOrphansAre("other", "third");
        await people.Until(async () => (await people.Directory.Reviews()) is [{ Person: "ada", Unanswered: ["mute"] }], "left with the mute one");
        silos.BeforeCall = null;
        await people.UntilReviewed();
        await people.UntilOrphansAre("mute", "other", "third");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_registration_whose_row_comes_after_the_review_hears_of_it_all_the_same(bool crashes)
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        silos.BeforeCall = call =>
        {
            if (call is { InterfaceMethod.Name: nameof(ICatalogShardGrain.Put) })
                throw new InvalidOperationException("The catalog is out of order.");
        };
        await people.Register("late", "ada");
        await people.Departs("ada");
        await people.UntilReviewed(); // And did not find it.
        if (crashes)
        {
            await silos.CrashAsync();
            await silos.StartAgainAsync();
        }

        silos.BeforeCall = null;
        silos.Time.Advance(IdentityAftermath.LookAgain);

        await people.UntilOrphansAre("late");
        Assert.Equal("ada", (await people.Identity("late")).Orphaned?.Person);
    }

    [Fact]
    public async Task Who_has_left_owns_nothing_new_and_who_comes_back_gets_back_what_nobody_has_taken_over()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        await Task.WhenAll(people.Register("kept", "ada"), people.Register("given", "ada"));
        Assert.Equal((await silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Current()).Version, (await people.Identity("kept")).RegisteredUnder);
        await people.Departs("ada");
        Assert.Equal("OWNER_DEPARTED", (await people.Register("new", "ada")).Refusal?.Code);
        Assert.Null(await silos.Identity("new").Get());
        await people.UntilReviewed();
        await silos.Identity("given").Execute(new("transfer", "root", new IdentityCommand.TransferOwnership(new("bob", "payments"), "taken over")));

        await people.Do(new DirectoryCommand.RecordReturn("ada", "a mistake"));

        await people.UntilReviewed();
        await people.UntilOrphansAre();
        Assert.Equal(("ada", null), ((await people.Identity("kept")).Profile.Owner.Person, (await people.Identity("kept")).Orphaned));
        Assert.Equal("bob", (await people.Identity("given")).Profile.Owner.Person);
        Assert.Null((await people.Register("new", "ada")).Refusal);
    }

    private static bool IsTold(IIncomingGrainCallContext call, out string id)
    {
        id = call.TargetContext.GrainId.Key.ToString() ?? "";
        return call.InterfaceMethod.Name == nameof(IIdentityGrain.Execute) && call.Request.GetArgument(0) is CommandEnvelope { Command: IdentityCommand.OwnerDeparted };
    }
}
