namespace NhiGrains.Domain.Policies;

/// <summary>How much harm the wrong hands on a resource do, the least first.</summary>
public enum Sensitivity
{
    Public,
    Internal,
    Confidential,
    Restricted,
}
