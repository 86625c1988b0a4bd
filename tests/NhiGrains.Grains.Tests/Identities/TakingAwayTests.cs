using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Approvals;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Grains.Tests.Policies;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>To take away works when what decides about giving does not answer; and what is given follows what is said of who has it.</summary>
public class TakingAwayTests
{
    [Fact]
    public async Task Access_is_taken_away_while_the_policy_does_not_answer()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        var granted = await billing.RegisterWithGrant(TimeSpan.FromMinutes(30), Scenario.May("stock"));
        await billing.Do(new IdentityCommand.SetIntent([Scenario.May("prices")], "always"));
        silos.BeforeCall = call =>
        {
            if (call.InterfaceName.Contains("IPolicySetGrain", StringComparison.Ordinal))
                throw new InvalidOperationException("The policy is out of order.");
        };

        await Assert.ThrowsAnyAsync<Exception>(() => billing.Request(TimeSpan.FromMinutes(1), Scenario.May("stock")));
        Assert.Null((await billing.Do(new IdentityCommand.RevokeGrant(granted.GrantId ?? "", "stolen"))).Refusal);
        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([], "stolen"))).Refusal);
        await billing.UntilHas();
        Assert.Null((await billing.Do(new IdentityCommand.SuspendIdentity("stolen"))).Refusal);
        Assert.Equal(IdentityStatus.Offboarding, (await billing.Do(new IdentityCommand.OffboardIdentity("stolen"))).Identity?.Identity.Status);
    }

    [Fact]
    public async Task What_policy_does_not_permit_to_what_an_identity_is_now_is_taken_in_the_same_change()
    {
        var atTests = new PolicyRule("staging", PolicyEffect.Permit, new(Environments: ["staging"]), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true);
        var standing = new PolicyRule("bots-in-staging", PolicyEffect.Permit, new(Environments: ["staging"], Standing: true), AllowControllerEnforcedEnd: true);
        await using var silos = await TwoSilos.StartAsync(atTests, standing);
        var billing = new Scenario(silos, "billing");
        var granted = (await billing.RegisterWithGrant(TimeSpan.FromMinutes(30), Scenario.May("stock"))).GrantId;
        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([Scenario.May("prices")], "always"))).Refusal);
        await billing.UntilHas(billing.Key("prices"), billing.Key("stock"));
        Assert.NotEmpty((await billing.Do(new IdentityCommand.UpdateIdentity(new(Tags: new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = "till" })))).Identity?.Identity.Intent.Entitlements ?? []);

        var changed = (await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "production")))).Identity?.Identity;

        Assert.Empty(changed?.Intent.Entitlements ?? [Scenario.May("none")]);
        Assert.Equal(RevocationReason.PolicyChanged, Assert.IsType<RevokingGrant>(changed?.Grants.Single(grant => grant.Id == granted)).Reason);
        await billing.UntilHas();
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).ToArray();
        var taken = told.Single(one => one.Action == "identity.policy-changed");
        Assert.Contains("what is said about the identity changed", taken.Why, StringComparison.Ordinal);
        Assert.True(taken.Details.ContainsKey(AuditDetails.Record), string.Join(", ", taken.Details.Keys));
        Assert.True(Array.FindIndex(told, one => one.Action == "identity.updated") < Array.IndexOf(told, taken));
    }

    [Fact]
    public async Task What_few_have_agreed_to_for_what_it_was_is_taken_from_what_it_is_now_and_is_asked_for_anew()
    {
        static PolicyRule Ask(string environment, string group) => new($"ask-in-{environment}", PolicyEffect.RequireApproval, new(Environments: [environment]), AllowControllerEnforcedEnd: true)
        {
            Approval = new([new ApprovalSeats([group], 1)], TimeSpan.FromHours(1)),
        };
        await using var silos = await TwoSilos.StartAsync(Ask("staging", "payments"), Ask("production", "security"));
        await Voters.Begin(silos);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var intend = new IdentityCommand.SetIntent([Scenario.May("prices")], "always");
        var (request, standing) = ((await billing.Request(TimeSpan.FromMinutes(30), Scenario.May("stock"))).GrantId ?? "", (await billing.Do(intend)).GrantId ?? "");
        foreach (var waiting in new[] { request, standing })
            Assert.Null((await Voters.Approve(silos, "pat", waiting)).Refusal);
        await billing.UntilHas(billing.Key("prices"), billing.Key("stock"));

        var changed = (await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "production")))).Identity?.Identity;

        Assert.Empty(changed?.Intent.Entitlements ?? [Scenario.May("none")]);
        Assert.Equal(RevocationReason.PolicyChanged, Assert.IsType<RevokingGrant>(changed?.Grants.Single(grant => grant.Id == request)).Reason);
        await billing.UntilHas();
        Assert.IsType<PendingApprovalGrant>(await billing.Grant((await billing.Do(intend)).GrantId));
    }

    [Fact]
    public async Task Policy_and_directory_answer_while_the_audit_does_not_and_tell_it_later()
    {
        await using var silos = await TwoSilos.StartAsync();
        var people = new People.People(silos);
        silos.BeforeCall = call =>
        {
            if (call.InterfaceName.Contains(nameof(IAuditShardGrain), StringComparison.Ordinal) && call.MethodName == nameof(IAuditShardGrain.Append)
                && call.Request.GetArgument(0) is AuditBatch batch && (batch.Source.StartsWith("directory/", StringComparison.Ordinal) || batch.Source.StartsWith("policy-set/", StringComparison.Ordinal)))
                throw new InvalidOperationException("The audit is out of order.");
        };

        Assert.Null((await people.Do(new DirectoryCommand.SetGroupMembers("security", ["sam"], [], "new"))).Refusal);
        var applied = await silos.Apply(Rollouts.Set(Rollouts.Deny("a")));
        Assert.True(applied.Applied);
        await silos.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Equal(["sam"], (await people.Directory.Current()).Groups["security"]);
        Assert.Equal(applied.InForce?.Version, await silos.Policy().CurrentVersion());
        Assert.DoesNotContain(await people.Told(), told => told.Action == "directory.group-changed");

        silos.BeforeCall = null;
        await silos.Policy().Keep();

        await people.Until(async () => (await people.Told()).Any(told => told.Action == "directory.group-changed"), "told of the group");
        Assert.Contains((await Story.Verified(silos, Contracts.Shards.Of(AuditSources.OfPolicySet(PolicySets.Main)))).Select(entry => entry.Event), told => told.Action == "policy-set.applied" && told.After == applied.InForce?.Version);
    }
}
