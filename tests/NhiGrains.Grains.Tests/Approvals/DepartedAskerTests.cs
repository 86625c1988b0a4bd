using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>A request that waits and that policy permits without an approval by now, decided anew although nobody answers.</summary>
public class DepartedAskerTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Entitlement Prices = new(VotingWorld.Platform, [Verb.Read], [new("configmaps", "shop", ResourceMatch.Exact, "prices")], Conditions.None);

    [Theory]
    [InlineData("ann", null, true, true, GrantStatus.Active)]
    [InlineData("ann", "ann", true, true, GrantStatus.Denied)]
    [InlineData("ann", "ben", true, true, GrantStatus.Active)]
    [InlineData("ann", null, false, true, GrantStatus.PendingApproval)] // Who may have left is not taken for here.
    [InlineData("ann", null, false, false, GrantStatus.Denied)] // To take away needs no directory.
    [InlineData("identity:billing", null, false, true, GrantStatus.Active)] // It asks in nobody's name.
    public void It_becomes_active_only_in_the_name_of_somebody_who_is_known_to_be_here(string asker, string? departed, bool answers, bool permits, GrantStatus status)
    {
        var world = new VotingWorld { KnowsPeople = answers };
        Assert.Null(world.Execute(new("1", asker, new IdentityCommand.RequestAccess([Prices], Hour, "a test"))).Refusal);
        Assert.Single(world.Pending);
        if (departed is not null)
            world.Departed.Add(departed);

        world.Policy = new(2, permits ? PolicyEffect.Permit : PolicyEffect.Deny, 0, Hour, Meanwhile: false);
        world.Wake();

        var grant = Assert.Single(world.Identity.Grants);
        Assert.Equal(status, grant.Status);
        Assert.Equal(departed == asker, grant is DeniedGrant { Rejection: not null });
    }

    [Fact]
    public void Standing_access_does_not_become_the_intent_of_somebody_who_has_left()
    {
        var world = new VotingWorld();
        Assert.Null(world.Execute(new("1", "ann", new IdentityCommand.SetIntent([Prices], "a test"))).Refusal);
        world.Departed.Add("ann");

        world.Policy = new(2, PolicyEffect.Permit, 0, Hour, Meanwhile: false);
        world.Wake();

        Assert.Empty(world.Identity.Intent.Entitlements);
        Assert.Equal(GrantStatus.Denied, Assert.Single(world.Identity.Grants).Status);
    }
}
