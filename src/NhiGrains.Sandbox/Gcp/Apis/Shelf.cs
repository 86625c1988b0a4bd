using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Buckets, topics, secrets and so on: what there is of them, each by its full name.</summary>
internal sealed class Shelf(Workings workings)
{
    /// <exception cref="GoogleError">403; 404.</exception>
    public Resource Allowed(Call call, string permission, Target target)
    {
        workings.Demand(call, permission, target);
        return Find(target);
    }

    /// <exception cref="GoogleError">404.</exception>
    public Resource Find(Target target) =>
        workings.State.Visible.Resources.GetValueOrDefault(target.FullName)
        ?? throw GoogleError.NotFound($"Resource not found (resource={target.Shown}).");

    public JsonObject Json(Target target) => Parse(Find(target));

    /// <exception cref="GoogleError">409.</exception>
    public JsonObject Add(Target target, JsonObject json, bool takesConditions, Func<ProjectState, ProjectState>? also = null) =>
        workings.State.Write(state =>
        {
            if (state.Resources.ContainsKey(target.FullName))
                throw GoogleError.Exists($"Resource already exists in the project (resource={target.Shown}).");
            var added = state with
            {
                Resources = state.Resources.Add(target.FullName, new(target.FullName, json.ToJsonString(), takesConditions)),
                Writes = state.Writes + 1,
            };
            return (also is null ? added : also(added), json);
        });

    /// <summary>Removes it with its policy and all that is in it: one that is made again under its name has nothing of it.</summary>
    /// <exception cref="GoogleError">404.</exception>
    public void Remove(Target target, Action<ProjectState>? check = null) => workings.State.Write(state =>
    {
        if (!state.Resources.ContainsKey(target.FullName))
            throw GoogleError.NotFound($"Resource not found (resource={target.Shown}).");
        check?.Invoke(state);
        return (state with
        {
            Resources = state.Resources.Remove(target.FullName),
            Policies = state.Policies.Remove(target.FullName),
            Objects = state.Objects.RemoveRange(Within(state, target).Select(content => content.FullName)),
            Writes = state.Writes + 1,
        }, true);
    });

    /// <summary>One page of what begins with a prefix.</summary>
    public Answer List(Call call, string member, string prefix)
    {
        var resources = workings.State.Visible.Resources;
        var size = call.AskNumber("pageSize") is > 0 and var asked ? Math.Min(asked, 1000) : 100;
        var (names, next) = Paging.Page(
            [.. resources.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))],
            call.Ask("pageToken"),
            size,
            workings.Faults.Plan.PageSize);
        var json = new JsonObject();
        if (names.Count > 0)
            json[member] = new JsonArray([.. names.Select(name => Parse(resources[name]))]);
        if (next is not null)
            json["nextPageToken"] = next;
        return json;
    }

    public static JsonObject Parse(Resource resource) =>
        JsonNode.Parse(resource.Json) as JsonObject ?? throw new InvalidOperationException("What was stored was an object.");

    public static IEnumerable<Content> Within(ProjectState state, Target target) =>
        state.Objects.Values.Where(content => content.FullName.StartsWith(target.FullName + "/", StringComparison.Ordinal));
}
