using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.Roles;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Predefined and custom roles, of IAM v1.</summary>
internal sealed partial class RolesApi(Workings workings)
{
    /// <summary>After these a deleted role is gone for good, and only then may its id be used again.</summary>
    private static readonly TimeSpan RestorableFor = TimeSpan.FromDays(7), GoneAfter = TimeSpan.FromDays(37);

    private const string All = "v1/projects/{project}/roles";
    private const string One = $"{All}/{{role}}";

    private static readonly string[] Stages = ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"];

    public void AddTo(Routes routes)
    {
        routes.Add("GET v1/roles", call => List(call, PredefinedRoles.Names, name => RoleJson.Show(PredefinedRoles.All[name], whole: IsFull(call))));
        routes.Add("GET v1/roles/{role}", call => PredefinedRoles.All.TryGetValue($"roles/{call.Path["role"]}", out var role)
            ? RoleJson.Show(role, whole: true)
            : throw NoRole($"roles/{call.Path["role"]}"));
        routes.Add($"GET {All}", ListCustom);
        routes.Add($"POST {All}", Create);
        routes.Add($"GET {One}", call =>
        {
            Demand(call, "iam.roles.get");
            return RoleJson.Show(workings.State.Visible.Roles.GetValueOrDefault(NameIn(call)) ?? throw NoRole(NameIn(call)), whole: true);
        });
        routes.Add($"PATCH {One}", Patch);
        routes.Add($"DELETE {One}", call => Mark(call, "iam.roles.delete", call.Ask("etag"), deleted: true));
        routes.Add($"POST {One}:undelete", call =>
        {
            call.Body.Only("etag");
            return Mark(call, "iam.roles.undelete", call.Body.Text("etag"), deleted: false);
        });
    }

    private Answer Create(Call call)
    {
        Demand(call, "iam.roles.create");
        call.Body.Only("roleId", "role");
        var id = call.Body.Needed("roleId");
        if (!RoleId().IsMatch(id))
            throw GoogleError.Invalid($"The role id {id} must have 3 to 64 letters, digits, underscores and periods.", "role_id");
        var name = $"projects/{workings.Project}/roles/{id}";
        var given = Checked(call.Body.Object("role") ?? []);
        return workings.State.Write(state =>
        {
            if (state.Roles.TryGetValue(name, out var before))
            {
                if (before.DeletedAt is null)
                    throw GoogleError.Exists($"A role named {id} in projects/{workings.Project} already exists.");
                if (before.DeletedAt + GoneAfter > workings.Now)
                {
                    throw GoogleError.Precondition(
                        $"You can't create a role with role_id ({id}) where there is an existing role with that role_id in a deleted state.");
                }
            }

            var counted = state.Roles.Values.Count(role => role.DeletedAt is not { } deleted || deleted + RestorableFor > workings.Now);
            if (counted >= workings.Quotas.CustomRoles)
                throw GoogleError.Exhausted($"Maximum number of roles reached. Maximum is: {workings.Quotas.CustomRoles}");
            var role = Changed(new(name, "", "", "ALPHA", [], "", DeletedAt: null), given, _ => true);
            return Stored(state, role);
        });
    }

    private Answer Patch(Call call)
    {
        Demand(call, "iam.roles.update");
        var given = Checked(call.Body);
        var mask = (call.Ask("updateMask") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(path => path.Replace("included_permissions", "includedPermissions", StringComparison.Ordinal)).ToArray();
        if (Array.Find(mask, path => path is not ("title" or "description" or "stage" or "includedPermissions" or "etag" or "name")) is { } unknown)
            throw GoogleError.Invalid($"Invalid value in update mask: {unknown}", "update_mask");
        return workings.State.Write(state =>
        {
            var role = Current(state, NameIn(call), given.Text("etag"));
            if (role.DeletedAt is not null)
                throw GoogleError.Precondition($"You can't update role {role.Name} while it is deleted.");
            return Stored(state, Changed(role, given, member => mask.Length == 0 ? given.ContainsKey(member) : mask.Contains(member)));
        });
    }

    private Answer Mark(Call call, string permission, string? etag, bool deleted)
    {
        Demand(call, permission);
        return workings.State.Write(state =>
        {
            var role = Current(state, NameIn(call), etag);
            if (deleted == role.DeletedAt is not null)
                throw GoogleError.Precondition($"The role {role.Name} is {(deleted ? "already" : "not")} deleted.");
            if (!deleted && role.DeletedAt + RestorableFor < workings.Now)
                throw NoRole(role.Name);
            return Stored(state, role with { DeletedAt = deleted ? workings.Now : null });
        });
    }

    private static CustomRole Current(ProjectState state, string name, string? etag)
    {
        var role = state.Roles.GetValueOrDefault(name) ?? throw NoRole(name);
        return string.IsNullOrEmpty(etag) || etag == role.Etag ? role
            : throw GoogleError.Aborted("There were concurrent changes to the role: its etag is another one now.");
    }

    private static (ProjectState State, Answer Answer) Stored(ProjectState state, CustomRole role)
    {
        role = role with { Etag = PolicyWriting.Etag(state.Writes + 1) };
        return (state with { Roles = state.Roles.SetItem(role.Name, role), Writes = state.Writes + 1 }, RoleJson.Show(role, whole: true));
    }

    private Answer ListCustom(Call call)
    {
        Demand(call, "iam.roles.list");
        var state = workings.State.Visible;
        var names = state.Roles.Values.Where(role => role.DeletedAt is null || call.Ask("showDeleted") == "true").Select(role => role.Name);
        return List(call, [.. names], name => RoleJson.Show(state.Roles[name], IsFull(call)));
    }

    private Answer List(Call call, ImmutableSortedSet<string> all, Func<string, JsonObject> show)
    {
        var size = call.AskNumber("pageSize") is > 0 and var asked ? Math.Min(asked, 1000) : 300;
        var (names, next) = Paging.Page(all.WithComparer(StringComparer.Ordinal), call.Ask("pageToken"), size, workings.Faults.Plan.PageSize);
        var json = new JsonObject();
        if (names.Count > 0)
            json["roles"] = new JsonArray([.. names.Select(show)]);
        if (next is not null)
            json["nextPageToken"] = next;
        return json;
    }

    private static JsonObject Checked(JsonObject role)
    {
        role.Only("name", "title", "description", "includedPermissions", "stage", "etag", "deleted");
        if (role.Text("title")?.Length > 100)
            throw GoogleError.Invalid("The title must have at most 100 characters.", "role.title");
        if (role.Text("description")?.Length > 300)
            throw GoogleError.Invalid("The description must have at most 300 characters.", "role.description");
        if (role.Text("stage") is { } stage && !Stages.Contains(stage))
            throw GoogleError.Invalid($"Invalid value at 'role.stage' (TYPE_ENUM), \"{stage}\"", "role.stage");
        if (role.Texts("includedPermissions").FirstOrDefault(permission => !PredefinedRoles.Permissions.Contains(permission)) is { } unknown)
            throw GoogleError.Invalid($"Permission {unknown} is not valid.", "role.included_permissions");
        return role;
    }

    private static CustomRole Changed(CustomRole role, JsonObject given, Func<string, bool> takes) => role with
    {
        Title = takes("title") ? given.Text("title") ?? "" : role.Title,
        Description = takes("description") ? given.Text("description") ?? "" : role.Description,
        Stage = takes("stage") ? given.Text("stage") ?? "ALPHA" : role.Stage,
        Permissions = takes("includedPermissions") ? [.. given.Texts("includedPermissions")] : role.Permissions,
    };

    private void Demand(Call call, string permission)
    {
        workings.CheckProject(call, permission);
        workings.Demand(call, permission, workings.Targets.Project);
    }

    private string NameIn(Call call) => $"projects/{workings.Project}/roles/{call.Path["role"]}";

    private static bool IsFull(Call call) => call.Ask("view") == "FULL";

    private static GoogleError NoRole(string name) => GoogleError.NotFound($"The role named {name} was not found.");

    [GeneratedRegex("^[a-zA-Z0-9_.]{3,64}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RoleId();
}
