using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Kubernetes.Access;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Objects;

/// <summary>Create, update and delete, each on the newest state and with the preconditions that it was given.</summary>
internal sealed class ObjectWrites(Replicated<ClusterState> state, TimeProvider clock)
{
    public JsonObject Create(ObjectKind kind, KubeRequest request) => state.Write(now =>
    {
        var (json, metadata) = Given(kind, request);
        var name = metadata.Text("name") is { Length: > 0 } named ? named
            : metadata.Text("generateName") is { Length: > 0 } begin ? begin + RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5)
            : throw StatusError.Invalid(kind, "", "metadata.name: Required value: name or generateName is required");
        Validation.CheckName(kind, name);
        if (metadata.Text("resourceVersion") is { Length: > 0 })
            throw new StatusError(500, reason: null, "resourceVersion should not be set on objects to be created");
        if (kind.Namespaced && now.Find(ObjectKind.Namespace, "", request.Path.Namespace) is null)
            throw StatusError.NotFound(ObjectKind.Namespace, request.Path.Namespace);
        if (now.Find(kind, request.Path.Namespace, name) is not null)
            throw StatusError.Exists(kind, name);
        metadata["name"] = name;
        metadata["uid"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        metadata["creationTimestamp"] = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (kind == ObjectKind.Namespace)
            json["status"] = new JsonObject { ["phase"] = "Active" };
        return Store(now, kind, request, name, json);
    });

    public JsonObject Update(ObjectKind kind, KubeRequest request) => state.Write(now =>
    {
        var (json, metadata) = Given(kind, request);
        var before = Current(now, kind, request.Path);
        if (metadata.Text("name") is { } named && named != before.Name)
            throw StatusError.BadRequest($"the name of the object ({named}) does not match the name on the URL ({before.Name})");
        CheckPreconditions(kind, before, metadata.Text("uid"), metadata.Text("resourceVersion"));
        return Replace(now, kind, request, before, json);
    });

    /// <summary>A merge patch (RFC 7396), on whatever is there.</summary>
    public JsonObject Patch(ObjectKind kind, KubeRequest request) => state.Write(now =>
    {
        if (!request.ContentType.StartsWith("application/merge-patch+json", StringComparison.OrdinalIgnoreCase))
            throw new StatusError(415, "UnsupportedMediaType", "the sandbox takes patches of the type application/merge-patch+json only");
        var before = Current(now, kind, request.Path);
        var json = Read(before);
        Merge(json, request.Body);
        var metadata = json.Object("metadata") ?? [];
        CheckPreconditions(kind, before, metadata.Text("uid"), metadata.Text("resourceVersion"));
        return Replace(now, kind, request, before, json);
    });

    /// <summary>A namespace takes all with it that is in it: what a cluster's controller does a little later.</summary>
    public JsonObject Delete(ObjectKind kind, KubeRequest request) => state.Write(now =>
    {
        var before = Current(now, kind, request.Path);
        var preconditions = request.Body.Object("preconditions") ?? [];
        CheckPreconditions(kind, before, preconditions.Text("uid"), preconditions.Text("resourceVersion"));
        var next = Remove(now, before);
        if (kind == ObjectKind.Namespace)
            next = next.Shelves.Values.SelectMany(shelf => shelf.Of(before.Name).ToList()).Aggregate(next, Remove);
        return (next, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = new JsonObject { ["name"] = before.Name, ["group"] = kind.Group, ["kind"] = kind.Plural, ["uid"] = before.Uid },
        });
    });

    private static (JsonObject Json, JsonObject Metadata) Given(ObjectKind kind, KubeRequest request)
    {
        var json = request.Body.DeepClone().AsObject();
        if ((json.Text("kind") ?? kind.Name) != kind.Name || (json.Text("apiVersion") ?? kind.ApiVersion) != kind.ApiVersion)
            throw StatusError.BadRequest($"{json.Text("kind")} in version \"{json.Text("apiVersion")}\" cannot be handled as a {kind.Name}");
        if (json.Object("metadata") is not { } metadata)
            json["metadata"] = metadata = [];
        if (metadata.Text("namespace") is { Length: > 0 } named && named != request.Path.Namespace)
            throw StatusError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        return (json, metadata);
    }

    private static (ClusterState State, JsonObject Json) Replace(
        ClusterState now, ObjectKind kind, KubeRequest request, StoredObject before, JsonObject json)
    {
        var old = Read(before);
        var (metadata, kept) = (json.Object("metadata") ?? [], old.Object("metadata") ?? []);
        foreach (var name in (string[])["name", "uid", "creationTimestamp", "resourceVersion"])
            metadata[name] = kept[name]?.DeepClone();
        json["metadata"] = metadata.DeepClone();
        Complete(kind, before.Namespace, json);
        Validation.CheckChange(kind, before.Name, before.Meaning, Validation.Read(kind, before.Name, json), old, json);
        // A write that changes nothing is none.
        return JsonNode.DeepEquals(old, json) ? (now, old) : Store(now, kind, request, before.Name, json);
    }

    private static (ClusterState State, JsonObject Json) Store(ClusterState now, ObjectKind kind, KubeRequest request, string name, JsonObject json)
    {
        Complete(kind, request.Path.Namespace, json);
        var metadata = json.Object("metadata") ?? [];
        var version = now.Version + 1;
        metadata["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        var meaning = Validation.Read(kind, name, json);
        if (Escalation.Missing(now, request.User, kind, request.Path.Namespace, name, meaning) is { Count: > 0 } missing)
        {
            throw new StatusError(
                403,
                "Forbidden",
                $"{kind.Full} \"{name}\" is forbidden: user \"{request.User.Name}\" is attempting to grant RBAC permissions not currently held:\n"
                + string.Join('\n', missing.Select(one => one.Url is { } url
                    ? $"{{NonResourceURLs:[\"{url}\"], Verbs:[\"{one.Verb}\"]}}"
                    : $"{{APIGroups:[\"{one.Group}\"], Resources:[\"{one.Resource}\"], Verbs:[\"{one.Verb}\"]}}")));
        }

        return (now.With(new(kind, request.Path.Namespace, name, metadata.Text("uid") ?? "", version, json.ToJsonString(), meaning)), json);
    }

    private static void Complete(ObjectKind kind, string inNamespace, JsonObject json)
    {
        json["kind"] = kind.Name;
        json["apiVersion"] = kind.ApiVersion;
        if (kind.Namespaced)
            (json.Object("metadata") ?? [])["namespace"] = inNamespace;
        if (kind != ObjectKind.Secret)
            return;
        json["type"] ??= "Opaque";
        if (json.Object("stringData") is not { } plain)
            return;
        if (json.Object("data") is not { } data)
            json["data"] = data = [];
        foreach (var (name, _) in plain)
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(plain.Text(name) ?? ""));
        json.Remove("stringData");
    }

    private static StoredObject Current(ClusterState now, ObjectKind kind, ResourcePath path) =>
        now.Find(kind, path.Namespace, path.Name) ?? throw StatusError.NotFound(kind, path.Name);

    private static void CheckPreconditions(ObjectKind kind, StoredObject before, string? uid, string? version)
    {
        if (!string.IsNullOrEmpty(uid) && uid != before.Uid)
            throw StatusError.Conflict(kind, before.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Uid}");
        if (!string.IsNullOrEmpty(version) && version != before.Version.ToString(CultureInfo.InvariantCulture))
            throw StatusError.Conflict(kind, before.Name, "the object has been modified; please apply your changes to the latest version and try again");
    }

    private static ClusterState Remove(ClusterState now, StoredObject item)
    {
        var json = Read(item);
        (json.Object("metadata") ?? [])["resourceVersion"] = (now.Version + 1).ToString(CultureInfo.InvariantCulture);
        return now.Without(item with { Version = now.Version + 1, Json = json.ToJsonString() });
    }

    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                into.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                if (into[name] is not JsonObject deeper)
                    into[name] = deeper = [];
                Merge(deeper, inner);
            }
            else
            {
                into[name] = value.DeepClone();
            }
        }
    }

    private static JsonObject Read(StoredObject item) => Json.Parse(Encoding.UTF8.GetBytes(item.Json));
}
