using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Kubernetes.Access;
using NhiGrains.Sandbox.Kubernetes.Objects;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes;

/// <summary>What is in a cluster before anybody writes to it; of a real one's roles only those that everybody meets.</summary>
internal static class Bootstrap
{
    private static readonly UserInfo Itself = new("system:apiserver", [UserInfo.Masters]);

    public static void Fill(ObjectWrites writes)
    {
        foreach (var name in (string[])["default", "kube-system", "kube-public"])
            Create(writes, ObjectKind.Namespace, name, []);
        Add(
            writes,
            "cluster-admin",
            UserInfo.Masters,
            Rule(["*"], ["*"], ["*"]),
            new JsonObject { ["verbs"] = List("*"), ["nonResourceURLs"] = List("*") });
        Add(
            writes,
            "system:basic-user",
            UserInfo.Authenticated,
            Rule(["create"], [AccessReviews.Group], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]));
        Add(
            writes,
            "system:discovery",
            UserInfo.Authenticated,
            new JsonObject
            {
                ["verbs"] = List("get"),
                ["nonResourceURLs"] = List("/healthz", "/livez", "/readyz", "/version", "/api", "/api/*", "/apis", "/apis/*"),
            });
    }

    private static void Add(ObjectWrites writes, string name, string inGroup, params JsonNode[] rules)
    {
        Create(writes, ObjectKind.ClusterRole, name, new() { ["rules"] = new JsonArray(rules) });
        Create(writes, ObjectKind.ClusterRoleBinding, name, new()
        {
            ["roleRef"] = new JsonObject { ["apiGroup"] = ObjectKind.Role.Group, ["kind"] = "ClusterRole", ["name"] = name },
            ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = ObjectKind.Role.Group, ["kind"] = "Group", ["name"] = inGroup }),
        });
    }

    private static void Create(ObjectWrites writes, ObjectKind kind, string name, JsonObject json)
    {
        json["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = kind == ObjectKind.Namespace ? null : new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
        };
        writes.Create(kind, new("POST", new(kind.Group, "v1", "", kind.Plural, "", ""), QueryCollection.Empty, Itself, json, "application/json"));
    }

    private static JsonObject Rule(string[] verbs, string[] groups, string[] resources) =>
        new() { ["verbs"] = List(verbs), ["apiGroups"] = List(groups), ["resources"] = List(resources) };

    private static JsonArray List(params string[] texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
