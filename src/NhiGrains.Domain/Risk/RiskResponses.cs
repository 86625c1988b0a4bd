using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Risk;

public static class RiskResponses
{
    /// <summary>The first response that matches; null when none does. A signal is judged once, when it arrives, by the set in force then.</summary>
    public static RiskVerdict? For(PolicySet set, Identity identity, RiskSignal signal)
    {
        for (var index = 0; index < set.RiskResponses.Count; index++)
        {
            if (Matches(set.RiskResponses[index], identity.Profile, signal))
                return new(set.RiskResponses[index].Action, index + 1, CompiledPolicy.Of(set).Version);
        }

        return null;
    }

    private static bool Matches(RiskResponse response, IdentityProfile profile, RiskSignal signal) =>
        signal.Severity >= response.MinSeverity
        && Holds(response.Types, signal.Type)
        && Holds(response.Kinds, profile.Kind)
        && Holds(response.Environments, profile.Environment);

    private static bool Holds<T>(IReadOnlyList<T>? list, T value) => list?.Contains(value) ?? true;
}
