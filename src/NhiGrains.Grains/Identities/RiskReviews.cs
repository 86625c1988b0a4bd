using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// What an identity has is decided anew when a signal came, was cleared or is over, and rules look at signals: pure. The state owes it
/// from the change of the signals on, so that it is done past a crash, and when policy or the directory did not answer at first.
/// </summary>
internal static class RiskReviews
{
    public const string DecidedAnew = "identity.decided-anew";

    /// <summary>For the state that follows with another identity.</summary>
    /// <returns>The signals with which everything was decided last; null when they are the same.</returns>
    public static RiskFact[]? Owed(IdentityState state, Identity next)
    {
        if (next.Status is IdentityStatus.Offboarding or IdentityStatus.Retired)
            return null;
        var before = state.RisksBefore ?? FactsOf(state.Identity?.Risks ?? []);
        return before.SequenceEqual(FactsOf(next.Risks)) ? null : before;
    }

    /// <summary>Whether it is to be done now. Who is suspended has nothing, and is decided anew when it is resumed.</summary>
    public static bool IsDue(IdentityState state) => state is { RisksBefore: not null, Identity.Status: IdentityStatus.Active };

    /// <summary>The state without what nobody asks for. The same instance when rules do look at signals.</summary>
    public static IdentityState Unless(IdentityState state, PolicySet set) =>
        state.RisksBefore is null || CompiledPolicy.Of(set).LooksAtRisks ? state : state with { RisksBefore = null };

    /// <summary>The state without what only the other signals make impermissible. The same instance when nothing is due.</summary>
    public static IdentityState Next(IdentityState state, CommandContext context)
    {
        if (!IsDue(state) || state is not { RisksBefore: { } before, Identity: { } identity })
            return state;
        var done = state with { RisksBefore = null };
        var found = CompiledPolicy.Of(context.Policy.Set).LooksAtRisks ? RolloutRules.Of(identity, context) : null;
        if (found?.By.Findings.Any(one => one.TakesAccess) != true)
            return done;
        var taken = TakenByChange.Of(identity, RolloutRules.Of(identity, context with { Risks = before }).By, found.By, RevocationReason.RiskSignal);
        if (ReferenceEquals(taken.InLine, identity))
            return done;
        var why = RolloutRules.Short($"{Told(before, FactsOf(identity.Risks))}; policy set {context.Policy.Version}: {string.Join(' ', taken.Findings.SelectMany(one => one.Reasons).Distinct(StringComparer.Ordinal))}");
        return done.With(taken.InLine, new Change(Actors.System, DecidedAnew, why) { Records = found.Records }, context.Now);
    }

    private static RiskFact[] FactsOf(IReadOnlyList<RiskSignal> risks) =>
        [.. risks.Where(risk => !risk.IsCleared).Select(RiskFact.Of)];

    private static string Told(RiskFact[] before, RiskFact[] now) =>
        string.Join(", ", now.Except(before).Select(Told).Concat(before.Except(now).Select(gone => $"no more {Told(gone)}")).DefaultIfEmpty("another number of signals"));

    private static string Told(RiskFact fact) => $"{fact.Type} ({fact.Severity}) from {fact.Source}";
}
