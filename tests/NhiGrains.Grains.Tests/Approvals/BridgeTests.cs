using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>What is given until a request is answered is part of what is asked for, also when that becomes less on the way.</summary>
public class BridgeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Two of security have to agree, so one approval narrows and answers nothing yet.
    private readonly VotingWorld _world = new() { Policy = new(1, PolicyEffect.RequireApproval, 1, 4 * Hour, Meanwhile: true) };

    public BridgeTests() => _world.Groups["security"].UnionWith(["ben", "cat"]);

    [Fact]
    public void What_an_approver_cuts_is_not_given_until_the_answer_either()
    {
        var pending = Ask(Scenario.May("prices", Verb.Read, Verb.Write), Scenario.May("stock", Verb.Read, Verb.Write));
        Assert.Equal(["prices", "stock"], Assert.IsType<ActiveGrant>(Bridge(pending)).Entitlements.Select(entitlement => entitlement.Resources[0].Name));

        Narrow(pending, new([Scenario.May("prices", Verb.Read, Verb.Write)]));

        Assert.Equal(RevocationReason.RequestAnswered, Assert.IsType<RevokingGrant>(Bridge(pending)).Reason);
        Assert.Single(_world.Pending);
    }

    [Fact]
    public void What_is_cut_of_the_rest_leaves_it_as_it_is()
    {
        var pending = Ask(Scenario.May("prices", Verb.Read, Verb.Write));

        Narrow(pending, new([Scenario.May("prices", Verb.Read)], Hour / 2));

        Assert.IsType<ActiveGrant>(Bridge(pending));
        Assert.Equal(Hour / 2, Assert.Single(_world.Pending).Decision.Lifetime);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_another_policy_does_not_give_until_the_answer_ends_when_that_is_noticed(bool byAnApproval)
    {
        var pending = Ask(Scenario.May("prices", Verb.Read, Verb.Write));
        _world.Policy = new(2, PolicyEffect.RequireApproval, 1, 4 * Hour, Meanwhile: false);

        if (byAnApproval)
            Assert.Equal("PLAN_CHANGED", Approve("ben", pending).Refusal?.Code);
        else
            _world.Wake();

        Assert.IsType<RevokingGrant>(Bridge(pending));
        Assert.Single(_world.Pending);
    }

    private string Ask(params Entitlement[] entitlements) =>
        _world.Execute(new("ask", "ann", new IdentityCommand.RequestAccess(entitlements, Hour, "a test"))).GrantId ?? throw new InvalidOperationException("It was refused.");

    private void Narrow(string pending, Narrower narrower) => Assert.Null(Approve("ben", pending, narrower).Refusal);

    private CommandAnswer Approve(string who, string pending, Narrower? narrower = null)
    {
        var digest = _world.Pending.Single(grant => grant.Id == pending).Ballot?.Digest ?? "none";
        return _world.Execute(new($"by-{who}", who, new IdentityCommand.ApproveGrant(pending, digest, "", NarrowTo: narrower)));
    }

    private Grant Bridge(string pending) => _world.Identity.Grants.Single(grant => grant.MeanwhileOf == pending);
}
