using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <param name="Records">What was decided for that, each with the request that it is about; null for the intent.</param>
internal sealed record RolloutFindings(Reconsidered By, IReadOnlyList<(AccessRequest? Request, DecisionRecord Record)> Records);

/// <summary>What an identity is to be when a policy set is put to work on what it has already: pure.</summary>
internal static class RolloutRules
{
    public const string PolicyChanged = "identity.policy-changed";

    public static RolloutFindings Of(Identity identity, CommandContext context)
    {
        var records = new List<(AccessRequest? Request, DecisionRecord Record)>();
        var by = Reconsideration.Of(
            identity,
            (others, asked, lifetime, held, request) => Decide(
                others, Asked.Again(asked, lifetime, request), held, context with { Actor = request?.HeldBy ?? identity.Intent.SetBy ?? identity.Profile.Owner.Person }, record => records.Add((request, record))),
            context.Now);
        return new(by, records);
    }

    /// <returns>The same state when nothing is to change.</returns>
    public static IdentityState Next(IdentityState state, RolloutFindings found, ReconsiderOrder order, CommandContext context)
    {
        var by = found.By;
        if (order.Mode == RolloutMode.Leave || state.Identity is not { } identity)
            return state;
        var next = order.Mode == RolloutMode.Now ? InLine(identity, by)
            : WithGrace(identity, order.GraceUntil is { } until && by.Findings.Any(one => one.TakesAccess) ? new(order.Version, until) : null);
        var changed = ReferenceEquals(next, identity) ? state : state.With(next, ChangeOf(order, by) with { Records = found.Records }, context.Now);
        changed = WithoutChangedExceptions(changed, order, context);
        // What waits for approval gives nothing yet, so it needs no time of grace.
        return ApprovalRules.Reconsider(changed, context);
    }

    // They lift nothing any more; what rests on them was found above.
    private static IdentityState WithoutChangedExceptions(IdentityState state, ReconsiderOrder order, CommandContext context) =>
        state.Identity is { } identity && identity.EndChanged(context.Policy.Set, order.Actor, context.Now) is var next && !ReferenceEquals(next, identity)
            ? state.With(next, new Change(order.Actor, PolicyChanged, Short($"policy set {order.Version}: {order.Why}")), context.Now)
            : state;

    private static Identity InLine(Identity identity, Reconsidered by) =>
        ReferenceEquals(by.InLine, identity) ? WithGrace(identity, null) : (by.InLine with { PolicyGrace = null }).AsNextGeneration();

    public static Change ChangeOf(ReconsiderOrder order, Reconsidered by) => order.Mode == RolloutMode.Grace && order.GraceUntil is { } until
        ? new(order.Actor, "identity.policy-grace", Short($"policy set {order.Version} does not permit it from {Canonical.Instant(until)} on: {Why(order.Why, by)}"))
        : new(order.Actor, PolicyChanged, Told(order.Version, order.Why, by));

    public static string Told(string version, string why, Reconsidered by) => Short($"policy set {version}: {Why(why, by)}");

    // Whoever was given a time keeps it: another set that takes something else does not put it off.
    private static Identity WithGrace(Identity identity, PolicyGrace? grace) =>
        grace is null ? identity.PolicyGrace is null ? identity : identity with { PolicyGrace = null }
        : identity.PolicyGrace is { } earlier && earlier.Until <= grace.Until ? identity
        : identity with { PolicyGrace = grace };

    /// <param name="keep">Takes what was decided.</param>
    private static Decision? Decide(Identity others, Asked asked, Decision? held, CommandContext context, Action<DecisionRecord> keep)
    {
        var evaluated = CommandRules.Evaluate(others, asked, context);
        if (evaluated.Refusal is not null)
        {
            // A platform that is not configured any more.
            var input = DecisionInputs.Of(others, asked, asked.Entitlements, context);
            return ByPolicyAlone(new(input, PolicyEngine.Decide(context.Policy.Set, input)), held, keep);
        }

        var (record, plans) = evaluated.Value;
        var (settled, impossible) = RequestPlans.Settle(record, plans);
        // What a platform could not do before either was not taken by a policy.
        if (impossible is not null && held is not null && !RequestPlans.Can(held, RequestPlans.Of(others, held, context)))
            return ByPolicyAlone(record, held, keep);
        keep(settled);
        return settled.Decision;
    }

    // What policy takes it takes whatever the platforms say, and nothing else is changed.
    private static Decision? ByPolicyAlone(DecisionRecord record, Decision? held, Action<DecisionRecord> keep)
    {
        if (record.Decision.Outcome == DecisionOutcome.Permit || Reconsideration.IsAgreed(record.Decision, held))
            return null;
        keep(record);
        return record.Decision;
    }

    private static string Why(string why, Reconsidered by) =>
        string.Join(' ', by.Findings.SelectMany(found => found.Reasons).Prepend(why.Length == 0 ? "brought in line." : why).Distinct(StringComparer.Ordinal));

    public static string Short(string text) => text.Length <= Names.MaxReasonLength ? text : text[..(Names.MaxReasonLength - 3)] + "...";
}
