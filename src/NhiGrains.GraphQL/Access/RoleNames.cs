namespace NhiGrains.GraphQL.Access;

/// <summary>What a token's bearer may do here. A token may hold others; they mean nothing.</summary>
public static class RoleNames
{
    public const string Viewer = "viewer";
    public const string Requester = "requester";
    public const string Approver = "approver";
    public const string Operator = "operator";
    public const string Auditor = "auditor";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Viewer, Requester, Approver, Operator, Auditor, Admin];
}
