using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Risk;

public enum RiskAction
{
    /// <summary>The identity is suspended in the same change that stores the signal, and its grants are revoked.</summary>
    Suspend,
}

/// <summary>What is done at once about a signal. A null member matches everything; a list matches when it holds the value.</summary>
/// <param name="MinSeverity">Signals of this severity, and worse ones.</param>
/// <param name="Types">Of the signal, as <see cref="RiskSignal.Type"/>.</param>
/// <param name="Kinds">Of the identity.</param>
/// <param name="Environments">Of the identity.</param>
public sealed record RiskResponse(
    RiskSeverity MinSeverity,
    IReadOnlyList<string>? Types = null,
    IReadOnlyList<IdentityKind>? Kinds = null,
    IReadOnlyList<string>? Environments = null,
    RiskAction Action = RiskAction.Suspend);

/// <summary>What a policy set says to a signal.</summary>
/// <param name="Response">The response's number in the set, from 1.</param>
/// <param name="PolicyVersion">The version of the set.</param>
public sealed record RiskVerdict(RiskAction Action, int Response, string PolicyVersion)
{
    public override string ToString() => $"risk response {Response} of policy {PolicyVersion}";
}
