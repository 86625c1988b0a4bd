using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Http;

/// <summary>A refusal in the form in which an API server gives its own.</summary>
/// <param name="reason">Null: an API server gives none for this.</param>
internal sealed class StatusError(int code, string? reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;

    public static StatusError BadRequest(string message) => new(400, "BadRequest", message);

    public static StatusError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static StatusError NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static StatusError NotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static StatusError NotFound(ObjectKind kind, string name) => new(404, "NotFound", $"{kind.Full} \"{name}\" not found", Details(kind, name));

    public static StatusError Exists(ObjectKind kind, string name) => new(409, "AlreadyExists", $"{kind.Full} \"{name}\" already exists", Details(kind, name));

    public static StatusError Conflict(ObjectKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.Full} \"{name}\": {why}", Details(kind, name));

    public static StatusError Invalid(ObjectKind kind, string name, string why) =>
        new(422, "Invalid", $"{kind.Name}{(kind.Group.Length == 0 ? "" : $".{kind.Group}")} \"{name}\" is invalid: {why}", Details(kind, name));

    public static StatusError Expired(string message) => new(410, "Expired", message);

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["code"] = code,
        };
        if (reason is not null)
            json["reason"] = reason;
        if (details is not null)
            json["details"] = details.DeepClone();
        return json;
    }

    private static JsonObject Details(ObjectKind kind, string name) => new() { ["name"] = name, ["group"] = kind.Group, ["kind"] = kind.Plural };
}
