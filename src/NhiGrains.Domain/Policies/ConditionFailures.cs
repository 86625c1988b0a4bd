using NhiGrains.Cel;

namespace NhiGrains.Domain.Policies;

/// <summary>Why a condition can be neither true nor false, for people; what the error itself says may show values that are not theirs.</summary>
internal static class ConditionFailures
{
    /// <summary>Null when the condition is true or false.</summary>
    public static string? Why(CompiledRule rule, Question question)
    {
        if (Matching.Evaluate(rule, question).Error is not { } error)
            return null;
        return (error.Kind == CelErrorKind.NoSuchField
                ? Unknown("application", fact => fact.Application) ?? Unknown("environment", fact => fact.Environment)
                : null)
            ?? "it fails on this request, so it neither permits it nor lets it pass";

        string? Unknown(string member, Func<ResourceFact, string?> of) => error.Message.Contains(member, StringComparison.Ordinal)
            && question.Entitlement.Resources.FirstOrDefault(resource => question.FactsOf(resource).Any(fact => of(fact) is null)) is { } resource
                ? $"no entry of the catalogue says the {member} of {FindingsOf.Bounded(resource.ToString())}: catalogue it, or write the condition so that it asks has(r.{member}) first"
                : null;
    }
}
