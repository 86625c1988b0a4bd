using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>The project itself, of Resource Manager v3.</summary>
internal sealed class ProjectsApi(Workings workings)
{
    public void AddTo(Routes routes) => routes.Add("GET v3/projects/{project}", call =>
    {
        workings.CheckProject(call, "resourcemanager.projects.get");
        workings.Demand(call, "resourcemanager.projects.get", workings.Targets.Project);
        return new JsonObject
        {
            ["name"] = $"projects/{workings.Number}",
            ["projectId"] = workings.Project,
            ["displayName"] = workings.Project,
            ["state"] = "ACTIVE",
        };
    });
}
