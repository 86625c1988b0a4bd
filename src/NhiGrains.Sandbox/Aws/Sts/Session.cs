namespace NhiGrains.Sandbox.Aws.Sts;

/// <summary>A role that somebody became for a while.</summary>
/// <param name="RoleId">Of the role as it was: a session of a role that was deleted is not one of its successor.</param>
/// <param name="Policy">The session policy; null: none.</param>
internal sealed record Session(
    string KeyId, string RoleName, string RoleId, string Name, DateTimeOffset Issued, DateTimeOffset Expires, string? Policy);
