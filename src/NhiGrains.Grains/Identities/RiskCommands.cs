using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Grains.Identities;

/// <summary>What it means that something was noticed about an identity: pure.</summary>
internal static class RiskCommands
{
    public static Result<Outcome> Report(Identity identity, IdentityCommand.ReportRisk told, CommandContext context)
    {
        var at = told.Signal.At == default ? context.Now : told.Signal.At;
        // What becomes of it is said here and nowhere else, whatever the caller filled in.
        var signal = told.Signal with { At = at, EndsAt = told.Lifetime is { } lifetime ? at + lifetime : told.Signal.EndsAt, Suspension = null, ClearedAt = null };
        var verdict = RiskResponses.For(context.Policy.Set, identity, signal);
        var next = RiskRules.Report(identity, signal, verdict, context.Now);
        if (next.Refusal is { } refusal)
            return refusal;
        var what = $"{signal.Type} ({signal.Severity}) from {signal.Source}";
        return new Outcome(next.Value, "identity.suspended", verdict is null ? what : $"{what}: {verdict}");
    }
}

/// <summary>What to tell of signals that came or went.</summary>
/// <param name="Why">Null: for the reason of the whole change.</param>
internal sealed record RiskChange(string Action, string? Why, Dictionary<string, string> Details)
{
    public static IEnumerable<RiskChange> Between(Identity? before, Identity after)
    {
        var known = before?.Risks ?? [];
        if (ReferenceEquals(known, after.Risks))
            yield break;
        var reported = after.Risks.Where(risk => known.All(old => old.Key != risk.Key)).ToArray();
        foreach (var risk in reported)
            yield return new("identity.risk-reported", null, RiskDetails.Of(risk));
        // One that was cleared is told of then, and not again when it is dropped.
        foreach (var risk in known.Where(old => !old.IsCleared && after.Risks.All(risk => risk.Key != old.Key || risk.IsCleared)))
            yield return new("identity.risk-ended", reported.Length > 0 ? "a more severe signal took its place" : null, RiskDetails.Of(risk));
    }
}
