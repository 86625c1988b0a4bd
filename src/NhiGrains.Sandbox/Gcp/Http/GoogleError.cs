using System.Text.Json.Nodes;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>A refusal in the form in which Google's APIs give theirs.</summary>
internal sealed class GoogleError(int code, string status, string message, JsonObject? detail = null) : Exception(message)
{
    public int Code => code;

    public string Status => status;

    /// <summary>The reason that the Cloud Storage API gives in place of a status; null: derived from the code.</summary>
    public string? Reason { get; init; }

    public static GoogleError Invalid(string message, string? field = null) => new(400, "INVALID_ARGUMENT", message, field is null ? null : new()
    {
        ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
        ["fieldViolations"] = new JsonArray(new JsonObject { ["field"] = field, ["description"] = message }),
    });

    public static GoogleError Precondition(string message) => new(400, "FAILED_PRECONDITION", message);

    public static GoogleError Unauthenticated(string message, string reason) =>
        new(401, "UNAUTHENTICATED", message, Info(reason, "googleapis.com", [])) { Reason = "authError" };

    public static GoogleError Denied(string permission, string resource) => new(
        403,
        "PERMISSION_DENIED",
        $"Permission '{permission}' denied on resource '{resource}' (or it may not exist).",
        Info("IAM_PERMISSION_DENIED", "iam.googleapis.com", new() { ["permission"] = permission, ["resource"] = resource }));

    public static GoogleError NotFound(string message) => new(404, "NOT_FOUND", message);

    public static GoogleError Exists(string message) => new(409, "ALREADY_EXISTS", message) { Reason = "conflict" };

    public static GoogleError Aborted(string message) => new(409, "ABORTED", message);

    public static GoogleError Exhausted(string message) => new(429, "RESOURCE_EXHAUSTED", message) { Reason = "rateLimitExceeded" };

    /// <summary>What goes over the wire.</summary>
    /// <param name="storage">In the older form, which the Cloud Storage API has kept.</param>
    public JsonObject ToJson(bool storage)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = Message };
        if (storage)
        {
            error["errors"] = new JsonArray(new JsonObject
            {
                ["message"] = Message,
                ["domain"] = "global",
                ["reason"] = Reason ?? StorageReason,
            });
        }
        else
        {
            error["status"] = status;
        }

        if (!storage && detail is not null)
            error["details"] = new JsonArray(detail.DeepClone());
        return new() { ["error"] = error };
    }

    private string StorageReason => code switch
    {
        400 => "invalid",
        401 => "required",
        403 => "forbidden",
        404 => "notFound",
        409 => "conflict",
        412 => "conditionNotMet",
        429 => "rateLimitExceeded",
        _ => "backendError",
    };

    private static JsonObject Info(string reason, string domain, JsonObject metadata) => new()
    {
        ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo",
        ["reason"] = reason,
        ["domain"] = domain,
        ["metadata"] = metadata,
    };
}
