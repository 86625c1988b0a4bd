using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Memory;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>What rests on an exception may be had for less long by the moment, also while it waits for approvers.</summary>
public class NarrowedExceptionTests
{
    private const string Platform = "mem:test";

    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ApprovalRequirement One = new([new ApprovalSeats(["security"], 1)], 2 * Hour);
    private static readonly PlatformRegistry Platforms = new([new MemoryConnector(Platform, new MemoryPlatform(), TimeProvider.System)]);

    private static readonly PolicySet Set = new("main",
    [
        new("asks", PolicyEffect.RequireApproval, new(), 8 * Hour, AllowControllerEnforcedEnd: true) { Approval = One },
        new("frozen", PolicyEffect.Deny, new()) { Exceptions = new(8 * Hour, One) },
    ]);

    [Fact]
    public void Fewer_entitlements_are_approved_for_as_long_as_the_exception_lasts()
    {
        var identity = WithException(until: Noon + (2 * Hour));
        var asked = CommandRules.Decide(identity, new IdentityCommand.RequestAccess([May("a"), May("b")], 4 * Hour, "why"), Context("rita", Noon)).Value;
        var pending = Assert.Single(asked.Identity.Grants.OfType<PendingApprovalGrant>());
        Assert.Equal(2 * Hour, pending.Decision.Lifetime);

        var approve = new IdentityCommand.ApproveGrant(pending.Id, pending.Ballot?.Digest ?? "", "less", NarrowTo: new([May("a")]));
        var answered = CommandRules.Decide(asked.Identity, approve, Context("sam", Noon + TimeSpan.FromMinutes(10)));

        Assert.Null(answered.Refusal);
        Assert.Null(answered.Value.Refused);
        var active = Assert.IsType<ActiveGrant>(answered.Value.Identity.Grants.Single(grant => grant.Id == pending.Id));
        Assert.Equal(["a"], active.Entitlements.Select(one => one.Resources[0].Name));
        Assert.Equal(Noon + (2 * Hour), active.ExpiresAt);
    }

    private static Identity WithException(DateTimeOffset until)
    {
        var identity = Identity.Register("billing", new(IdentityKind.ServiceAccount, new("own", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(Platform, "shop/billing")])).Value;
        identity = ExceptionRequests.Request(identity, new("e", ["frozen"], [May("a"), May("b")], until - Noon, "the books"), "rita", null, Set, Noon).Value;
        return ExceptionVotes.Approve(identity, "e", identity.Exceptions[0].Ballot.Digest, "", new("sam"), new(People, "payments", Noon), Set).Value.Identity;
    }

    private static PeopleDirectory People { get; } = PeopleDirectory.Empty with { Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["sam"] } };

    private static Entitlement May(string name) => new(Platform, [Verb.Read], [new("configmaps", "shop", ResourceMatch.Exact, name)], Conditions.None);

    private static CommandContext Context(string actor, DateTimeOffset now) =>
        new("billing", actor, "g1", new PolicyVersion(Set, "", Noon, ""), Platforms, now) { People = People };
}
