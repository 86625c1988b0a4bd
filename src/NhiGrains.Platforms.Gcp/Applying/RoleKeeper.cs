using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>
/// Makes custom roles of ours give exactly what their name stands for. They are shared, and give nothing by themselves, so they
/// stay when nobody is bound to them any more.
/// </summary>
internal sealed class RoleKeeper(GcpPlatformOptions options, GoogleServices google)
{
    /// <summary>Of Google, in a project.</summary>
    private const int MaxRoles = 300;

    /// <returns>Whether anything was written.</returns>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when the project has no room for another role.</exception>
    public async Task<bool> EnsureAsync(BindingBody wanted, Fence fence, CancellationToken cancellation)
    {
        var permissions = wanted.Permissions ?? [];
        var role = await FindAsync(wanted.Role, cancellation);
        var written = false;
        if (role is null)
        {
            fence.ThrowIfStale();
            if (await CreateAsync(wanted.Role, permissions, cancellation))
                return true;
            // Another silo was faster.
            role = await FindAsync(wanted.Role, cancellation) ?? throw ApiFailures.Unavailable($"find role {wanted.Role}", "it exists and cannot be read");
        }

        if (role.Deleted == true)
        {
            fence.ThrowIfStale();
            await google.Iam.UndeleteRole(wanted.Role).SendAsync($"restore role {wanted.Role}", cancellation);
            written = true;
        }

        if (RoleReader.Sorted(role).SequenceEqual(permissions, StringComparer.Ordinal))
            return written;
        fence.ThrowIfStale();
        await google.Iam.PatchPermissions(wanted.Role, new() { IncludedPermissions = [.. permissions] }).SendAsync($"mend role {wanted.Role}", cancellation);
        return true;
    }

    private Task<Role?> FindAsync(string name, CancellationToken cancellation) => google.Iam.GetRole(name).FindAsync($"read role {name}", cancellation);

    /// <returns>False when there is one by now.</returns>
    private async Task<bool> CreateAsync(string name, IReadOnlyList<string> permissions, CancellationToken cancellation)
    {
        try
        {
            await google.Iam.CreateRole(options.ProjectId, Roles.Creation(name, permissions)).SendAsync($"create role {name}", cancellation);
            return true;
        }
        catch (PlatformException conflict) when (conflict.Error == PlatformError.Conflict)
        {
            return false;
        }
        catch (PlatformException throttled) when (throttled.Error == PlatformError.Throttled)
        {
            // A full project answers like one that asks to slow down, but waiting does not help it.
            if (!await IsFullAsync(cancellation))
                throw;
            throw new PlatformException(PlatformError.Rejected,
                $"Project '{options.ProjectId}' has {MaxRoles} custom roles, which is as many as Google allows. Delete those that nobody is bound to.", throttled);
        }
    }

    private async Task<bool> IsFullAsync(CancellationToken cancellation) =>
        (await GoogleServices.ListAsync<ListRolesResponse, Role>(page => google.Iam.ListRoles(options.ProjectId, page), "count custom roles", cancellation)).Count >= MaxRoles;
}
