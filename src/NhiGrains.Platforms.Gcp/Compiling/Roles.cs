using NhiGrains.Domain;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>Custom roles of ours: one for each set of permissions, named by its digest, so that identities with the same set share it.</summary>
internal static class Roles
{
    /// <summary>Of Google, in characters.</summary>
    private const int MaxTitle = 100;
    private const int MaxDescription = 256;

    public static string NameFor(string project, IEnumerable<string> permissions) =>
        Marker.RoleName(project, Canonical.Digest(permissions.Order(StringComparer.Ordinal).ToArray())[..24]);

    public static CreateRoleRequest Creation(string name, IReadOnlyList<string> permissions) => new()
    {
        RoleId = name[(name.LastIndexOf('/') + 1)..],
        Role = new()
        {
            Title = Bounded($"NhiGrains: {string.Join(", ", permissions)}", MaxTitle),
            Description = Bounded("Made and kept by NhiGrains, and shared by all identities that are given exactly these permissions.", MaxDescription),
            IncludedPermissions = [.. permissions],
            Stage = "GA",
        },
    };

    private static string Bounded(string text, int max) => text.Length <= max ? text : text[..(max - 1)] + "…";
}
