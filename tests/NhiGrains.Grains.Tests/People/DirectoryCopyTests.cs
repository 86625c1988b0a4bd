using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.People;

/// <summary>Each silo has a copy of the directory, which is never older than what is decided with it.</summary>
public class DirectoryCopyTests
{
    private static readonly PolicyRule Members = TwoSilos.PermitAnHour with { Match = new() { RequesterGroups = ["on-call"] } };

    [Fact]
    public async Task It_is_handed_over_to_a_silo_again_only_when_it_has_changed()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", ["ada", "bob"], [], "a test"));
        IPeople[] copies = [Of(0), Of(1)];

        foreach (var copy in copies)
            Assert.Same(await copy.Current(), await copy.Current());

        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", [], ["ada"], "left the team"));
        foreach (var copy in copies)
        {
            var now = await copy.Current();
            Assert.Equal((false, true), (now.IsMember("ada", "on-call"), now.IsMember("bob", "on-call")));
            Assert.Same(now, await copy.Current());
        }

        IPeople Of(int silo) => silos.ServicesOf(silo).GetRequiredService<IPeople>();
    }

    [Fact]
    public async Task Who_has_left_a_group_counts_no_more_in_any_silo_from_the_next_decision_on()
    {
        await using var silos = await TwoSilos.StartAsync(Members);
        var people = new People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", ["ada"], [], "a test"));
        Scenario[] some = [.. Enumerable.Range(0, 8).Select(number => new Scenario(silos, $"i{number}"))];
        foreach (var one in some)
        {
            await one.Register();
            Assert.Equal(GrantStatus.Active, await Asked(one, "before"));
        }

        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", [], ["ada"], "left the team"));

        foreach (var one in some)
            Assert.Equal(GrantStatus.Denied, await Asked(one, "after"));
    }

    private static async Task<GrantStatus> Asked(Scenario one, string name) =>
        (await one.Grant((await one.Request(TimeSpan.FromMinutes(10), Scenario.May(name))).GrantId)).Status;
}
