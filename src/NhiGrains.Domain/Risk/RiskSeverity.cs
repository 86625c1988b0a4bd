namespace NhiGrains.Domain.Risk;

/// <summary>How much a signal says that an identity is not to be trusted now.</summary>
public enum RiskSeverity
{
    Low,
    Medium,
    High,
    Critical,
}
