namespace NhiGrains.GraphQL.Access;

/// <summary>What a caller may be, as the token's role claims say it. Every role may read what a viewer reads.</summary>
[Flags]
internal enum Role
{
    None = 0,
    Viewer = 1,
    Requester = 2,
    Approver = 4,
    Operator = 8,
    Auditor = 16,
    Admin = 32,
    Anyone = Viewer | Requester | Approver | Operator | Auditor | Admin,
}

internal static class Roles
{
    private static readonly Role[] Each = [.. RoleNames.All.Select(name => Enum.Parse<Role>(name, ignoreCase: true))];

    public static Role All(Func<string, bool> has) => Each.Where(role => has(NameOf(role))).Aggregate(Role.None, (all, role) => all | role);

    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>For a message: 'operator' or 'admin'.</summary>
    public static string Names(Role roles) => string.Join(" or ", Each.Where(role => roles.HasFlag(role)).Select(role => $"'{NameOf(role)}'"));
}
