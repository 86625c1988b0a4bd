using System.Collections.Concurrent;
using NhiGrains.Platforms.Gcp.Api;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>What roles give. The project's own are read each time; Google's and an organisation's change seldom and are remembered for a while.</summary>
internal sealed class RoleReader(GoogleServices google, string project, TimeProvider time)
{
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, (long At, IReadOnlyList<string>? Permissions)> _remembered = new(StringComparer.Ordinal);

    /// <summary>All custom roles of the project, deleted ones included.</summary>
    public async Task<IReadOnlyDictionary<string, Role>> ListAsync(CancellationToken cancellation)
    {
        const string doing = "list custom roles";
        var listed = await GoogleServices.ListAsync<ListRolesResponse, Role>(page => google.Iam.ListRoles(project, page), doing, cancellation);
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var role in listed)
            roles[role?.Name ?? throw ApiFailures.Unavailable(doing, "one has no name")] = role;
        return roles;
    }

    /// <summary>Sorted; nothing of a role that was deleted; null when there is none, or we may not read it.</summary>
    public async Task<IReadOnlyList<string>?> PermissionsAsync(string name, IReadOnlyDictionary<string, Role> ofProject, CancellationToken cancellation)
    {
        if (name.StartsWith($"projects/{project}/roles/", StringComparison.Ordinal))
            return ofProject.TryGetValue(name, out var custom) && custom.Deleted != true ? Sorted(custom) : null;
        if (_remembered.TryGetValue(name, out var known) && time.GetElapsedTime(known.At) < RememberedFor)
            return known.Permissions;
        var permissions = await ReadAsync(name, cancellation);
        _remembered[name] = (time.GetTimestamp(), permissions);
        return permissions;
    }

    public static IReadOnlyList<string> Sorted(Role role) => [.. (role.IncludedPermissions ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private async Task<IReadOnlyList<string>?> ReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return Sorted(await google.Iam.GetRole(name).SendAsync($"read role {name}", cancellation));
        }
        // An organisation's role is often out of our reach, and what it gives is then shown as not known; it is none that we gave.
        catch (PlatformException failure) when (failure.Error is PlatformError.NotFound or PlatformError.AccessDenied or PlatformError.Rejected)
        {
            return null;
        }
    }
}
