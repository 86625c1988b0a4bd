using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.Access;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Http;

/// <summary>What is no resource: whether the server is ready, and which version it would be.</summary>
internal static class OtherPaths
{
    public static JsonObject Answer(string path, string method, UserInfo user, ClusterState state)
    {
        if (!RbacAuthorizer.Allows(state, user, new(method.ToLowerInvariant(), Url: path)))
            throw new StatusError(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {method.ToLowerInvariant()} path \"{path}\"");
        return path switch
        {
            "/readyz" or "/livez" or "/healthz" => new() { ["status"] = "ok" },
            "/version" => new() { ["major"] = "1", ["minor"] = "20", ["gitVersion"] = "v1.20.2" },
            _ => throw StatusError.NoSuchPath(),
        };
    }
}
