using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Who may do what in Cloud Storage, and how it says no: in words of its own, and to nobody in particular with 401.</summary>
internal sealed class StorageGate(Workings workings)
{
    /// <exception cref="GoogleError">404, whoever asks.</exception>
    public Target Bucket(string name)
    {
        var target = workings.Targets.Bucket(name);
        return workings.State.Visible.Resources.ContainsKey(target.FullName)
            ? target
            : throw GoogleError.NotFound("The specified bucket does not exist.");
    }

    /// <param name="what">Bucket, object or project.</param>
    /// <exception cref="GoogleError">401 or 403.</exception>
    public void Demand(Call call, string permission, Target target, string what)
    {
        var state = workings.State.Visible;
        if (Authorizer.Allows(state, call.Caller, permission, target, workings.Now))
            return;
        var (who, code, status) = call.Caller.Member is { } member
            ? (Member.ToShown(member, state).Split(':', 2)[^1], 403, "PERMISSION_DENIED")
            : ("Anonymous caller", 401, "UNAUTHENTICATED");
        throw new GoogleError(
            code,
            status,
            $"{who} does not have {permission} access to the Google Cloud Storage {what}. "
            + $"Permission '{permission}' denied on resource '{target.Shown}' (or it may not exist).");
    }

    /// <summary>
    /// The object of a path. Whether there is one, only those are told who may list the bucket; to the others it is as if they lacked
    /// that permission.
    /// </summary>
    public Content Object(Call call, string permission)
    {
        var bucket = Bucket(call.Path["bucket"]);
        Demand(call, permission, workings.Targets.Object(call.Path["bucket"], call.Path["object"]), "object");
        if (workings.State.Visible.Objects.TryGetValue(FullName(bucket, call.Path["object"]), out var content))
            return content;
        Demand(call, "storage.objects.list", bucket, "bucket");
        throw GoogleError.NotFound($"No such object: {call.Path["bucket"]}/{call.Path["object"]}");
    }

    public static string FullName(Target bucket, string name) => $"{bucket.FullName}/objects/{name}";
}
