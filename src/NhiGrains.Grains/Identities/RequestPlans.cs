using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>What the platforms make of a request, and what of it can be granted then: pure.</summary>
internal static class RequestPlans
{
    /// <summary>One for each platform that the decision names.</summary>
    public static IReadOnlyList<PlatformPlan> Of(Identity identity, Decision decision, CommandContext context)
    {
        var end = decision.Lifetime > TimeSpan.Zero ? context.Now + decision.Lifetime : (DateTimeOffset?)null;
        return [.. decision.Entitlements.GroupBy(entitlement => entitlement.Platform, StringComparer.Ordinal)
            .Select(group => Of(identity, decision, [.. group], end, context))];
    }

    /// <summary>The record with what the platforms say to it, and without what policy does not want in that form.</summary>
    /// <returns>When nothing of it is left it is one of a deny, with why.</returns>
    public static (DecisionRecord Record, Refusal? Impossible) Settle(DecisionRecord record, IReadOnlyList<PlatformPlan> plans)
    {
        var (decision, impossible) = Settlement.OrDenied(record.Decision, FidelitiesOf(plans));
        return (record with { Decision = decision }, impossible);
    }

    /// <summary>Whether the platforms can do what was decided, in a form that policy wants.</summary>
    public static bool Can(Decision decision, IReadOnlyList<PlatformPlan> plans) => Settlement.Of(decision, FidelitiesOf(plans)).IsOk;

    private static PlatformFidelity[] FidelitiesOf(IReadOnlyList<PlatformPlan> plans) => [.. plans.Select(plan => new PlatformFidelity(plan.Platform, plan.Translation.Fidelity))];

    // What enforcement will compile is the union, so a request is compiled beside what the identity has; how faithful it is itself
    // shows when it is compiled alone.
    private static PlatformPlan Of(Identity identity, Decision decision, Entitlement[] asked, DateTimeOffset? end, CommandContext context)
    {
        var platform = asked[0].Platform;
        var connector = context.Platforms.Find(platform).Value;
        var binding = identity.Profile.Bindings.First(binding => binding.Platform == platform);
        DesiredEntitlement[] added = [.. asked.Select(entitlement => new DesiredEntitlement(entitlement, "requested", Instants.Earlier(end, entitlement.Conditions.NotAfter)))];
        var held = identity.AccessAt(context.Now).Where(access => access.Entitlement.Platform == platform);
        var consent = decision.AllowsControllerEnforcedEnd && identity.AllowsControllerEnforcedEnd(platform, context.Now);
        var union = connector.Compile(new(identity.Id, binding, [.. held, .. added], consent));
        var alone = connector.Compile(new(identity.Id, binding, added, decision.AllowsControllerEnforcedEnd));
        return new(platform, union.Fidelity is Fidelity.Refused ? union : union with { Fidelity = alone.Fidelity });
    }
}
