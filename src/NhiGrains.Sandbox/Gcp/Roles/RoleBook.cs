using System.Collections.Immutable;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Roles;

/// <summary>What roles give, predefined and custom ones alike.</summary>
internal static class RoleBook
{
    /// <summary>A deleted role cannot be granted; one that is granted already stays in the policies and gives nothing.</summary>
    public static bool MayBeGranted(string role, ProjectState state) =>
        PredefinedRoles.All.ContainsKey(role) || (state.Roles.TryGetValue(role, out var custom) && custom.DeletedAt is null);

    public static ImmutableSortedSet<string> PermissionsOf(string role, ProjectState state) =>
        PredefinedRoles.All.TryGetValue(role, out var predefined) ? predefined.Permissions
        : state.Roles.TryGetValue(role, out var custom) && custom is { DeletedAt: null, Stage: not "DISABLED" } ? custom.Permissions
        : [];
}
