using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>What an identity is to be when a policy set is put to work on what it has already: pure.</summary>
internal static class Reconsiderations
{
    public const string PolicyChanged = "identity.policy-changed";

    public static Reconsidered Of(Identity identity, CommandContext context) =>
        Reconsideration.Of(identity, (others, asked, lifetime, held) => Decide(others, asked, lifetime, held, context), context.Now);

    /// <returns>The same identity when nothing is to change.</returns>
    public static Identity Next(Identity identity, Reconsidered by, ReconsiderOrder order) => order.Mode switch
    {
        RolloutMode.Now => InLine(identity, by),
        RolloutMode.Grace when order.GraceUntil is { } until => WithGrace(by.WithRequests, by.Findings.Any(found => found.TakesAccess) ? new(order.Version, until) : null),
        _ => identity,
    };

    /// <summary>Its time of grace is over.</summary>
    public static Identity InLine(Identity identity, Reconsidered by) =>
        ReferenceEquals(by.InLine, identity) ? WithGrace(identity, null) : (by.InLine with { PolicyGrace = null }).AsNextGeneration();

    public static Change ChangeOf(ReconsiderOrder order, Reconsidered by) => order.Mode == RolloutMode.Grace && order.GraceUntil is { } until
        ? new(order.Actor, "identity.policy-grace", Short($"policy set {order.Version} does not permit it from {Canonical.Instant(until)} on: {Why(order.Why, by)}"))
        : new(order.Actor, PolicyChanged, Short($"policy set {order.Version}: {Why(order.Why, by)}"));

    // Whoever was given a time keeps it: another set that takes something else does not put it off.
    private static Identity WithGrace(Identity identity, PolicyGrace? grace) =>
        grace is null ? identity.PolicyGrace is null ? identity : identity with { PolicyGrace = null }
        : identity.PolicyGrace is { } earlier && earlier.Until <= grace.Until ? identity
        : identity with { PolicyGrace = grace };

    private static Decision? Decide(Identity others, IReadOnlyList<Entitlement> asked, TimeSpan? lifetime, Decision? held, CommandContext context)
    {
        var evaluated = CommandRules.Evaluate(others, asked, lifetime, context);
        if (evaluated.Refusal is not null)
            return null; // A platform that is not configured any more, for example: no policy has taken anything.
        var (decision, plans) = evaluated.Value;
        if (decision.Outcome == DecisionOutcome.Deny)
            return decision;
        var settled = RequestPlans.Settle(decision, plans);
        return settled.Refusal is not { } impossible ? settled.Value
            : held is not null && RequestPlans.Settle(held, RequestPlans.Of(others, held, context)).Refusal is not null ? null
            : decision with { Outcome = DecisionOutcome.Deny, Entitlements = [], Lifetime = TimeSpan.Zero, Reasons = [.. decision.Reasons, impossible.Message], Approval = null, Meanwhile = null };
    }

    private static string Why(string why, Reconsidered by) =>
        string.Join(' ', by.Findings.SelectMany(found => found.Reasons).Prepend(why.Length == 0 ? "brought in line." : why).Distinct(StringComparer.Ordinal));

    private static string Short(string text) => text.Length <= Names.MaxReasonLength ? text : text[..(Names.MaxReasonLength - 3)] + "...";
}
