using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.Objects;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Access;

/// <summary>
/// SubjectAccessReview and SelfSubjectAccessReview. As on a real server, groups that are not said are not had, and whether there is
/// such a user is not looked at.
/// </summary>
internal static class AccessReviews
{
    public const string Group = "authorization.k8s.io";

    public static JsonObject Answer(ClusterState state, KubeRequest request)
    {
        var self = request.Path.Plural == "selfsubjectaccessreviews";
        var kind = new ObjectKind(Group, request.Path.Plural, self ? "SelfSubjectAccessReview" : "SubjectAccessReview", Namespaced: false);
        var spec = request.Body.Object("spec") ?? [];
        ImmutableArray<string> groups = [.. spec.Texts("groups")];
        if (!self && string.IsNullOrEmpty(spec.Text("user")) && groups.IsEmpty)
            throw StatusError.Invalid(kind, "", "spec.user: Invalid value: at least one of user or group must be specified");
        var why = RbacAuthorizer.WhyAllowed(state, self ? request.User : new(spec.Text("user") ?? "", groups), Read(kind, spec));
        var answer = request.Body.DeepClone().AsObject();
        answer["kind"] = kind.Name;
        answer["apiVersion"] = kind.ApiVersion;
        answer["status"] = why is null ? new JsonObject { ["allowed"] = false } : new JsonObject { ["allowed"] = true, ["reason"] = why };
        return answer;
    }

    private static AccessQuestion Read(ObjectKind kind, JsonObject spec)
    {
        var (resource, url) = (spec.Object("resourceAttributes"), spec.Object("nonResourceAttributes"));
        if (resource is null == url is null)
        {
            throw StatusError.Invalid(
                kind,
                "",
                "spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        return url is not null
            ? new(url.Text("verb") ?? "", Url: url.Text("path") ?? "")
            : new(
                resource?.Text("verb") ?? "",
                resource?.Text("group") ?? "",
                resource?.Text("resource") ?? "",
                resource?.Text("subresource") ?? "",
                resource?.Text("namespace") ?? "",
                resource?.Text("name") ?? "");
    }
}
