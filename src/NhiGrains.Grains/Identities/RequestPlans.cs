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

    /// <summary>
    /// The decision with what the platforms say to it, and without what policy does not want in that form.
    /// </summary>
    public static Result<Decision> Settle(Decision decision, IReadOnlyList<PlatformPlan> plans)
    {
        var told = decision with { Fidelities = [.. plans.Select(plan => new PlatformFidelity(plan.Platform, plan.Translation.Fidelity))] };
        var impossible = plans
            .Select(plan => (plan.Platform, Why: WhyNot(plan, decision.OnlyExact)))
            .Where(plan => plan.Why is not null)
            .ToDictionary(plan => plan.Platform, plan => plan.Why!, StringComparer.Ordinal); // Those without were left out.
        if (impossible.Count == 0)
            return told;
        return decision.Bundle == BundleMode.AllOrNothing || impossible.Count == plans.Count
            ? impossible.Values.First()
            : told with
            {
                Outcome = told.Outcome == DecisionOutcome.Permit ? DecisionOutcome.PermitReduced : told.Outcome,
                Entitlements = [.. told.Entitlements.Where(entitlement => !impossible.ContainsKey(entitlement.Platform))],
                Reasons = [.. told.Reasons, .. impossible.Select(left => $"Left out on {left.Key}: {left.Value.Message}")],
            };
    }

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

    private static Refusal? WhyNot(PlatformPlan plan, bool onlyExact) => plan.Translation.Fidelity switch
    {
        Fidelity.Refused refused => refused.Why,
        Fidelity.Narrower narrower when onlyExact => NotExact(plan.Platform, narrower.Differences),
        Fidelity.ControllerEnforced controller when onlyExact => NotExact(plan.Platform, controller.Obligations),
        _ => null,
    };

    private static Refusal NotExact(string platform, IReadOnlyList<string> reasons) => new(
        "NOT_EXACT", $"Policy permits only what a platform can say exactly, and {platform} cannot: {string.Join(' ', reasons)}",
        "Ask for what the platform can say exactly, or for a rule without 'onlyExact'.", "entitlements");
}
