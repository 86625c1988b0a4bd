using System.Collections.Frozen;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Reading, setting and testing the allow policies of all kinds of resources.</summary>
internal sealed class PoliciesApi(Workings workings)
{
    private static readonly FrozenSet<string> SetRequest = ["policy", "updateMask"];

    /// <summary>Adds the three methods for one kind of resource.</summary>
    /// <param name="path">Of the resource.</param>
    /// <param name="find">What a path names; refuses what there is not. It gets the permission that the call needs.</param>
    /// <param name="permissions">What all permissions of the kind begin with, for example <c>pubsub.topics</c>.</param>
    /// <param name="readBy">GET for the services that ask with options in the query, POST for the others.</param>
    public void AddTo(Routes routes, string path, Func<Call, string, Target> find, string permissions, string readBy, bool takesConditions)
    {
        var place = new PolicyPlace(workings.Project, permissions == "resourcemanager.projects", takesConditions, PolicyPlace.Aborted);
        routes.Add($"{readBy} {path}:getIamPolicy", call =>
        {
            var target = find(call, $"{permissions}.getIamPolicy");
            // Projects take the options in the body, and all others in the query.
            var version = call.AskNumber("options.requestedPolicyVersion") ?? call.Body.Object("options")?.Number("requestedPolicyVersion");
            return Read(target, version);
        });
        routes.Add($"POST {path}:setIamPolicy", call =>
        {
            var target = find(call, $"{permissions}.setIamPolicy");
            call.Body.Only([.. SetRequest]);
            var policy = call.Body.Object("policy") ?? throw GoogleError.Invalid("The request must have a policy.", "policy");
            policy.Only("bindings", "etag", "version", "auditConfigs");
            return Write(target, place, policy, call.Body.Text("updateMask"));
        });
        routes.Add($"POST {path}:testIamPermissions", call =>
        {
            call.Body.Only("permissions");
            return Test(call, find(call, ""), [.. call.Body.Texts("permissions")]);
        });
    }

    public Answer Read(Target target, int? version)
    {
        var state = workings.State.Visible;
        return PolicyReading.Show(state.PolicyOf(target.FullName), version, state);
    }

    public Answer Write(Target target, PolicyPlace place, JsonObject policy, string? mask) => workings.State.Write(state =>
    {
        var next = PolicyWriting.Next(state.PolicyOf(target.FullName), policy, mask, place, state);
        var changed = state with { Policies = state.Policies.SetItem(target.FullName, next), Writes = state.Writes + 1 };
        return (changed, (Answer)PolicyReading.Show(next, policy.Number("version"), changed));
    });

    /// <summary>Which of the permissions the caller has: needs none itself.</summary>
    public Answer Test(Call call, Target target, string[] asked)
    {
        if (Array.Find(asked, permission => permission.Contains('*', StringComparison.Ordinal) || permission.Count(c => c == '.') < 2) is { } wrong)
            throw GoogleError.Invalid($"Permission {wrong} is not valid for this resource.", "permissions");
        var state = workings.State.Visible;
        var has = asked.Where(permission => Authorizer.Allows(state, call.Caller, permission, target, workings.Now)).ToArray();
        return has.Length == 0 ? [] : new JsonObject { ["permissions"] = new JsonArray([.. has.Select(permission => (JsonNode)permission)]) };
    }
}
