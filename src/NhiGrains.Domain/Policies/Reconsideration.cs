using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Policies;

/// <summary>Decides what an identity has as if it asked for it now.</summary>
/// <param name="others">The identity without what is asked about.</param>
/// <param name="lifetime">Null for standing access.</param>
/// <param name="held">The decision that it has it by.</param>
/// <param name="request">By which it was asked for; null for an intent.</param>
/// <returns>Null when policy takes nothing of it, and nobody can say whether a platform can do it: it stays as it is held.</returns>
public delegate Decision? DecideAnew(Identity others, IReadOnlyList<Entitlement> asked, TimeSpan? lifetime, Decision? held, AccessRequest? request);

/// <summary>What a policy set makes of an identity.</summary>
/// <param name="InLine">With nothing that the set does not permit; the same value when there is nothing to change.</param>
/// <param name="Findings">What is different, among it what becomes of requests that wait: those are decided anew at every answer anyway.</param>
public sealed record Reconsidered(Identity InLine, IReadOnlyList<PolicyFinding> Findings);

/// <summary>
/// What of an identity's intent, grants and requests a policy set still permits. Of an intent the parts that are permitted stay; a
/// grant ends as a whole, or earlier; a request is decided anew. What people have agreed to is not asked for again, unless others would
/// have to agree by now.
/// </summary>
public static class Reconsideration
{
    // Less cannot be asked for, and ends by itself before anything could be done.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    public static Reconsidered Of(Identity identity, DecideAnew decide, DateTimeOffset now)
    {
        if (identity.Status is not (IdentityStatus.Active or IdentityStatus.Suspended))
            return new(identity, []);
        var findings = new List<PolicyFinding>();
        findings.AddRange(identity.Grants.OfType<PendingApprovalGrant>().Select(grant => Request(identity, grant, decide)).OfType<PolicyFinding>());
        var intent = IntentReconsideration.Of(identity, decide);
        var all = Each<ActiveGrant>(identity, findings, grant => Active(identity, grant, decide, now));
        findings.InsertRange(0, intent.Findings);
        return new(ReferenceEquals(intent.Intent, identity.Intent) ? all : all with { Intent = intent.Intent }, findings);
    }

    /// <summary>What the decision permits at once, or people have agreed to who would do for it too; null when nothing.</summary>
    internal static Decision? Permitted(Decision decision, Decision? held) => decision.Outcome switch
    {
        DecisionOutcome.Permit or DecisionOutcome.PermitReduced => decision,
        DecisionOutcome.RequireApproval => IsAgreed(decision, held) ? decision : decision.Meanwhile,
        _ => null,
    };

    /// <summary>Whether those who have agreed to what is held are whom the new decision asks as well.</summary>
    public static bool IsAgreed(Decision decision, Decision? held) =>
        held is { Outcome: DecisionOutcome.RequireApproval } && decision.Approval?.IsMetBy(held.Approval) == true;

    /// <summary>Whether the new decision allows less of how it may be kept.</summary>
    internal static bool IsStricter(Decision? held, Decision anew) =>
        held is not null && ((held.AllowsControllerEnforcedEnd && !anew.AllowsControllerEnforcedEnd) || (!held.OnlyExact && anew.OnlyExact)
            // Who has it by an exception from now on loses it with that.
            || anew.Exceptions.Except(held.Exceptions, StringComparer.Ordinal).Any());

    private static Identity Each<T>(Identity identity, List<PolicyFinding> findings, Func<T, (Grant Grant, PolicyFinding? Finding)> reconsider)
        where T : Grant
    {
        var grants = identity.Grants.Select(grant =>
        {
            if (grant is not T one)
                return grant;
            var (next, finding) = reconsider(one);
            if (finding is not null)
                findings.Add(finding);
            return next;
        }).ToArray();
        return grants.Zip(identity.Grants).All(pair => ReferenceEquals(pair.First, pair.Second)) ? identity : identity with { Grants = grants };
    }

    private static (Grant, PolicyFinding?) Active(Identity identity, ActiveGrant grant, DecideAnew decide, DateTimeOffset now)
    {
        var left = grant.ExpiresAt - now;
        var decision = left < Least ? null : decide(Without(identity, grant), grant.Entitlements, left, grant.Decision, grant.Request);
        if (decision is null)
            return (grant, null);
        var found = new PolicyFinding(identity.Id, identity.Profile.Owner, grant.Id, PolicyFindingKind.Shortened, grant.Entitlements, decision.Reasons) { EndsAt = grant.ExpiresAt };
        if (Permitted(decision, grant.Decision) is not { } permitted || !EntitlementRules.AreSame(permitted.Entitlements, grant.Entitlements))
        {
            return (
                grant.BeginRevocation(RevocationReason.PolicyChanged, now) with { Failure = $"policy set {decision.PolicyVersion}: {string.Join(' ', decision.Reasons)}" },
                found with { Kind = KindOf(decision), Needs = decision.Approval });
        }

        if (permitted.Lifetime < left)
            return (grant with { Decision = permitted, ExpiresAt = now + permitted.Lifetime }, found with { Left = permitted.Lifetime });
        return IsStricter(grant.Decision, permitted)
            ? (grant with { Decision = permitted }, found with { Kind = PolicyFindingKind.StricterTerms, Lost = [] })
            : (grant, null);
    }

    private static PolicyFinding? Request(Identity identity, PendingApprovalGrant grant, DecideAnew decide)
    {
        var decision = decide(Without(identity, grant), grant.EntitlementsAsked, grant.LifetimeAsked, grant.Decision, grant.Request);
        if (decision is null || Canonical.Text(AgreedTo.Of(decision)) == Canonical.Text(AgreedTo.Of(grant.Decision)))
            return null;
        var kind = decision.Outcome == DecisionOutcome.Deny ? PolicyFindingKind.RequestDenied : PolicyFindingKind.RequestDecidedAnew;
        return new(identity.Id, identity.Profile.Owner, grant.Id, kind, [], decision.Reasons) { Needs = decision.Approval };
    }

    internal static PolicyFindingKind KindOf(Decision decision) =>
        decision.Outcome == DecisionOutcome.RequireApproval ? PolicyFindingKind.NeedsApproval : PolicyFindingKind.Lost;

    private static Identity Without(Identity identity, Grant grant) => identity with { Grants = [.. identity.Grants.Where(other => !ReferenceEquals(other, grant))] };
}
