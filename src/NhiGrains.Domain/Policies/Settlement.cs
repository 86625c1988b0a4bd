using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Domain.Policies;

/// <summary>What becomes of a decision when it is known how faithfully each platform says it.</summary>
public static class Settlement
{
    /// <summary>The decision with what the platforms say to it, and without what policy does not want in that form.</summary>
    /// <param name="fidelities">One for each platform that the decision names; none for a Deny.</param>
    public static Result<Decision> Of(Decision decision, IReadOnlyList<PlatformFidelity> fidelities)
    {
        var told = decision with { Fidelities = fidelities, Meanwhile = decision.Meanwhile is { } meanwhile ? meanwhile with { Fidelities = fidelities } : null };
        var impossible = fidelities
            .Select(one => (one.Platform, Why: WhyNot(one, decision.OnlyExact)))
            .Where(one => one.Why is not null)
            .DistinctBy(one => one.Platform, StringComparer.Ordinal)
            .ToDictionary(one => one.Platform, one => one.Why!, StringComparer.Ordinal); // Those without were left out.
        if (impossible.Count == 0)
            return told;
        return decision.Bundle == BundleMode.AllOrNothing || impossible.Count == fidelities.Count
            ? impossible.Values.First()
            : Without(impossible, told) with { Meanwhile = told.Meanwhile is { } less ? Without(impossible, less) : null };
    }

    /// <summary>The same, and a deny where nothing of it is left: what is stored of a decision that the platforms refuse.</summary>
    /// <returns>With why it is a deny; null when it is not one by the platforms.</returns>
    public static (Decision Decision, Refusal? Impossible) OrDenied(Decision decision, IReadOnlyList<PlatformFidelity> fidelities)
    {
        var settled = Of(decision, fidelities);
        return settled.Refusal is { } why ? (Denied(decision, fidelities, why), why) : (settled.Value, null);
    }

    private static Decision Denied(Decision decision, IReadOnlyList<PlatformFidelity> fidelities, Refusal why) => decision with
    {
        Outcome = DecisionOutcome.Deny,
        Entitlements = [],
        Lifetime = TimeSpan.Zero,
        AnswerWithin = default,
        Reasons = [.. decision.Reasons, why.Message],
        AllowsControllerEnforcedEnd = false,
        Approval = null,
        Meanwhile = null,
        Review = null,
        Fidelities = fidelities,
    };

    private static Decision Without(Dictionary<string, Refusal> impossible, Decision decision) => decision with
    {
        Outcome = decision.Outcome == DecisionOutcome.Permit ? DecisionOutcome.PermitReduced : decision.Outcome,
        Entitlements = [.. decision.Entitlements.Where(entitlement => !impossible.ContainsKey(entitlement.Platform))],
        Reasons = [.. decision.Reasons, .. impossible.Select(left => $"Left out on {left.Key}: {left.Value.Message}")],
    };

    private static Refusal? WhyNot(PlatformFidelity one, bool onlyExact) => one.Fidelity switch
    {
        Fidelity.Refused refused => refused.Why,
        Fidelity.Narrower narrower when onlyExact => NotExact(one.Platform, narrower.Differences),
        Fidelity.ControllerEnforced controller when onlyExact => NotExact(one.Platform, controller.Obligations),
        _ => null,
    };

    private static Refusal NotExact(string platform, IReadOnlyList<string> reasons) => new(
        "NOT_EXACT", $"Policy permits only what a platform can say exactly, and {platform} cannot: {string.Join(' ', reasons)}",
        "Ask for what the platform can say exactly, or for a rule without 'onlyExact'.", "entitlements");
}
