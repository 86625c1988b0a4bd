using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Policies;

public class KeysUsedAgainTests
{
    /// <summary>How many orders a set remembers by their keys.</summary>
    private const int Remembered = 32;

    [Fact]
    public async Task A_key_is_the_same_simulation_while_it_is_remembered_and_another_one_later()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing);
        var nightly = new PolicySimulation("nightly", "root", Rollouts.Set(Rollouts.Deny("prices")), Version: null);
        var first = await silos.Policy().Simulate(nightly);
        Assert.Equal(first.RolloutId, (await silos.Policy().Simulate(nightly)).RolloutId);
        await silos.Ended(first.RolloutId);
        Assert.Empty(await silos.Found(first.RolloutId));

        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"));
        var inForce = (await silos.Policy().Current()).Set;
        for (var number = 0; number < Remembered; number++)
            Assert.Null((await silos.Policy().Apply(new PolicyOrder($"other-{number}", "root", "", inForce))).Refusal);
        var later = await silos.Policy().Simulate(nightly);

        Assert.NotEqual(first.RolloutId, later.RolloutId);
        await silos.Ended(later.RolloutId);
        Assert.Equal(PolicyFindingKind.Lost, Assert.Single(await silos.Found(later.RolloutId)).Kind);
        Assert.Empty(await silos.Found(first.RolloutId)); // What that one has found stays.
    }
}
