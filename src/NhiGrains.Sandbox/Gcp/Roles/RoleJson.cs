using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Roles;

/// <summary>Roles as IAM shows them.</summary>
internal static class RoleJson
{
    /// <param name="whole">With the permissions, which lists leave out unless they are asked for.</param>
    public static JsonObject Show(PredefinedRole role, bool whole)
    {
        var json = new JsonObject { ["name"] = role.Name, ["title"] = role.Title, ["stage"] = "GA", ["etag"] = "AA==" };
        return Add(json, role.Permissions, whole);
    }

    public static JsonObject Show(CustomRole role, bool whole)
    {
        var json = new JsonObject { ["name"] = role.Name, ["title"] = role.Title, ["stage"] = role.Stage, ["etag"] = role.Etag };
        if (role.Description.Length > 0)
            json["description"] = role.Description;
        if (role.DeletedAt is not null)
            json["deleted"] = true;
        return Add(json, role.Permissions, whole);
    }

    private static JsonObject Add(JsonObject json, ImmutableSortedSet<string> permissions, bool whole)
    {
        if (whole && !permissions.IsEmpty)
            json["includedPermissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]);
        return json;
    }
}
