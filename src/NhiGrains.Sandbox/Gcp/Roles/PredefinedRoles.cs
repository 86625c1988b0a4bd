using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace NhiGrains.Sandbox.Gcp.Roles;

internal sealed record PredefinedRole(string Name, string Title, ImmutableSortedSet<string> Permissions);

/// <summary>Google's predefined roles, as far as they are of the services that the sandbox speaks: <c>predefined-roles.json</c>.</summary>
internal static class PredefinedRoles
{
    public static FrozenDictionary<string, PredefinedRole> All { get; } = Load();

    public static ImmutableSortedSet<string> Names { get; } = All.Keys.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>All that a custom role may include.</summary>
    public static FrozenSet<string> Permissions { get; } = All.Values.SelectMany(role => role.Permissions).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Owner, editor and viewer, which take no conditions.</summary>
    public static bool IsBasic(string role) => role is "roles/owner" or "roles/editor" or "roles/viewer";

    private static FrozenDictionary<string, PredefinedRole> Load()
    {
        using var file = typeof(PredefinedRoles).Assembly.GetManifestResourceStream(typeof(PredefinedRoles), "predefined-roles.json")
            ?? throw new InvalidOperationException("The sandbox was built without predefined-roles.json.");
        using var document = JsonDocument.Parse(file);
        return document.RootElement.GetProperty("roles").EnumerateObject().Select(role => new PredefinedRole(
            role.Name,
            role.Value.GetProperty("title").GetString() ?? role.Name,
            [.. role.Value.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString() ?? "")]))
            .ToFrozenDictionary(role => role.Name, StringComparer.Ordinal);
    }
}
