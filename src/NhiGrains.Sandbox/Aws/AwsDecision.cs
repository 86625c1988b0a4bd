namespace NhiGrains.Sandbox.Aws;

/// <summary>What an account's policies say to one request.</summary>
/// <param name="IsExplicit">A statement denies it; otherwise, when it is not allowed, no statement allows it.</param>
/// <param name="Reason">In AWS's words; empty when it is allowed.</param>
public sealed record AwsDecision(bool IsAllowed, bool IsExplicit, string Reason);
