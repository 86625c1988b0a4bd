using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>What is asked for, beside the entitlements: what a request brings along.</summary>
/// <param name="Lifetime">Null for standing access.</param>
internal sealed record Asked(IReadOnlyList<Entitlement> Entitlements, TimeSpan? Lifetime)
{
    public string? Ticket { get; init; }

    public bool BreakGlass { get; init; }

    /// <summary>Verified when it was brought: what was asked for with it may be decided anew when it has long ended.</summary>
    public IReadOnlyList<VerifiedEvidence> Evidence { get; init; } = [];

    public static Asked Of(IdentityCommand.RequestAccess request) =>
        new(request.Entitlements, request.Lifetime) { Ticket = request.Ticket, BreakGlass = request.BreakGlass, Evidence = request.Evidence };

    /// <summary>What waits for approvers, as it was asked, or what an approver has left of it.</summary>
    public static Asked Of(PendingApprovalGrant pending) =>
        new(pending.EntitlementsAsked, pending.LifetimeAsked)
        {
            Ticket = pending.Request.Ticket,
            BreakGlass = pending.Request.BreakGlass,
            Evidence = pending.Request.Evidence,
        };

    /// <summary>What is had already, asked for as it was then.</summary>
    /// <param name="request">Null for an intent.</param>
    public static Asked Again(IReadOnlyList<Entitlement> had, TimeSpan? lifetime, AccessRequest? request) =>
        new(had, lifetime) { Ticket = request?.Ticket, BreakGlass = request?.BreakGlass ?? false, Evidence = request?.Evidence ?? [] };

    /// <summary>For longer: evidence that has ended meanwhile shows nothing any more, and what is shown now does.</summary>
    public static Asked Renewed(ActiveGrant active, IdentityCommand.RenewGrant renew, DateTimeOffset now) =>
        Again(active.Entitlements, renew.Lifetime, active.Request) with { Evidence = EvidenceShown.Renewed(active.Request.Evidence, renew.Evidence, now) };

    public static Asked Of(SimulationRequest request) =>
        new(request.Entitlements, request.Lifetime) { Ticket = request.Ticket, BreakGlass = request.BreakGlass, Evidence = request.Evidence };
}

/// <summary>Everything that a decision depends on, from what was gathered: pure.</summary>
internal static class DecisionInputs
{
    /// <param name="normal">The entitlements of what was asked, in their normal form.</param>
    public static DecisionInput Of(Identity identity, Asked asked, IReadOnlyList<Entitlement> normal, CommandContext context)
    {
        var profile = identity.Profile;
        return new(identity.Id, profile.Kind, profile.Environment, profile.Tags, normal, asked.Lifetime)
        {
            At = context.Now,
            Owner = profile.Owner,
            Requester = context.Actor,
            RequesterGroups = [.. CompiledPolicy.Of(context.Policy.Set).RequesterGroups.Where(group => context.People.IsMember(context.Actor, group))],
            Ticket = asked.Ticket,
            BreakGlass = asked.BreakGlass,
            Evidence = asked.Evidence,
            Risks = context.Risks ?? [.. identity.Risks.Where(risk => !risk.IsCleared && risk.EndsAt > context.Now).Select(RiskFact.Of)],
            Exceptions = ExceptionRules.FactsAt(identity, context.Policy.Set, context.Now),
        };
    }
}
