using System.Globalization;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>
/// Makes custom roles of ours give exactly what their name stands for. They are shared, and give nothing by themselves, so they
/// stay when nobody is bound to them any more: one that is deleted counts among the 300 for another 7 days, then its name, and so what
/// it stands for, cannot be had again for up to 30 more, and who is about to bind somebody to it would be refused.
/// </summary>
internal sealed class RoleKeeper(GcpPlatformOptions options, GoogleServices google)
{
    /// <summary>Of Google, in a project.</summary>
    private const int MaxRoles = 300;

    private const int MaxTold = 10;

    /// <param name="unused">Roles of ours that nobody is bound to, to be told when there is no room.</param>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when the project has no room for another role.</exception>
    public async Task<bool> EnsureAsync(BindingBody wanted, IEnumerable<string> unused, Fence fence, CancellationToken cancellation)
    {
        var permissions = wanted.Permissions ?? [];
        var role = await FindAsync(wanted.Role, cancellation);
        var written = false;
        if (role is null)
        {
            if (await CreateAsync(wanted.Role, permissions, unused, fence, cancellation))
                return true;
            // Another silo was faster.
            role = await FindAsync(wanted.Role, cancellation) ?? throw ApiFailures.Unavailable($"find role {wanted.Role}", "it exists and cannot be read");
        }

        if (role.Deleted == true)
        {
            await google.Iam.UndeleteRole(wanted.Role).WriteAsync($"restore role {wanted.Role}", fence, cancellation);
            written = true;
        }

        if (RoleReader.Sorted(role).SequenceEqual(permissions, StringComparer.Ordinal))
            return written;
        await google.Iam.PatchPermissions(wanted.Role, new() { IncludedPermissions = [.. permissions] }).WriteAsync($"mend role {wanted.Role}", fence, cancellation);
        return true;
    }

    private Task<Role?> FindAsync(string name, CancellationToken cancellation) => google.Iam.GetRole(name).FindAsync($"read role {name}", cancellation);

    /// <returns>False when there is one by now.</returns>
    private async Task<bool> CreateAsync(string name, IReadOnlyList<string> permissions, IEnumerable<string> unused, Fence fence, CancellationToken cancellation)
    {
        try
        {
            await google.Iam.CreateRole(options.ProjectId, Roles.Creation(name, permissions)).WriteAsync($"create role {name}", fence, cancellation);
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
                $"Project '{options.ProjectId}' has {MaxRoles} custom roles, which is as many as Google allows. {Unused([.. unused])}", throttled);
        }
    }

    private static string Unused(string[] names) => names.Length == 0 ? "All of ours are in use: use another project as well." : string.Create(
        CultureInfo.InvariantCulture,
        $"Nobody is bound to {names.Length} of ours; delete what will not be needed for 37 days: {string.Join(", ", names.Take(MaxTold))}{(names.Length > MaxTold ? ", …" : ".")}");

    private async Task<bool> IsFullAsync(CancellationToken cancellation) =>
        (await GoogleServices.ListAsync<ListRolesResponse, Role>(page => google.Iam.ListRoles(options.ProjectId, page), "count custom roles", cancellation)).Count >= MaxRoles;
}
