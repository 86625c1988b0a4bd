using GraphQL.Types;
using NhiGrains.Domain.Enforcement;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Access;

/// <summary>The kinds of <see cref="Fidelity"/>.</summary>
internal enum FidelityKind
{
    Exact,
    Narrower,
    ControllerEnforced,
    Refused,
}

internal sealed class FidelityKindType() : DescribedEnum<FidelityKind>("Fidelity", "How faithfully a platform says what an entitlement means. Never wider.",
    (FidelityKind.Exact, "It means the same."),
    (FidelityKind.Narrower, "It gives less, as 'reasons' says."),
    (FidelityKind.ControllerEnforced, "The platform keeps no end time; NhiGrains does, at most 'worstCaseLagSeconds' late."),
    (FidelityKind.Refused, "The platform cannot say it."));

/// <summary>The fields that tell a fidelity, wherever one is told.</summary>
internal static class Fidelities
{
    public static void ShowOn<T>(Described<T> type, Func<T, Fidelity> of)
        where T : class
    {
        type.Show("fidelity", Of.One<FidelityKindType>(), "How faithful it is.", one => Kind(of(one)));
        type.Show("reasons", Of.Texts, "What differs, or what NhiGrains has to keep, or why it was refused.", one => Reasons(of(one)));
        type.Show("worstCaseLagSeconds", Of.Maybe<FloatGraphType>(), "For CONTROLLER_ENFORCED: how late the end can be.",
            one => (of(one) as Fidelity.ControllerEnforced)?.WorstCaseLag.TotalSeconds);
        type.Show("refusal", Of.Maybe<RefusalType>(), "For REFUSED: why, and what to do.", one => (of(one) as Fidelity.Refused)?.Why);
    }

    private static FidelityKind Kind(Fidelity fidelity) => Enum.Parse<FidelityKind>(fidelity.GetType().Name);

    private static IReadOnlyList<string> Reasons(Fidelity fidelity) => fidelity switch
    {
        Fidelity.Narrower narrower => narrower.Differences,
        Fidelity.ControllerEnforced controller => controller.Obligations,
        Fidelity.Refused refused => [refused.Why.Message],
        _ => [],
    };
}
