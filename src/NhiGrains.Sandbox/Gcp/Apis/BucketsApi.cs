using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>
/// Buckets of Cloud Storage v1 and their policies. Access control lists of single objects are not known here, with uniform access or
/// without.
/// </summary>
internal sealed partial class BucketsApi(Workings workings, PoliciesApi policies)
{
    private const string One = "storage/v1/b/{bucket}";

    private readonly Shelf _shelf = new(workings);
    private readonly StorageGate _gate = new(workings);

    public void AddTo(Routes routes)
    {
        routes.Add("POST storage/v1/b", Create);
        routes.Add("GET storage/v1/b", List);
        routes.Add($"GET {One}", call =>
        {
            var target = _gate.Bucket(call.Path["bucket"]);
            _gate.Demand(call, "storage.buckets.get", target, "bucket");
            return _shelf.Json(target);
        });
        routes.Add($"DELETE {One}", Delete);
        routes.Add($"GET {One}/iam", GetPolicy);
        routes.Add($"PUT {One}/iam", SetPolicy);
        routes.Add($"GET {One}/iam/testPermissions", call =>
        {
            var answer = policies.Test(call, _gate.Bucket(call.Path["bucket"]), [.. call.Query["permissions"].OfType<string>()]);
            return new JsonObject
            {
                ["kind"] = "storage#testIamPermissionsResponse",
                ["permissions"] = answer.Json?["permissions"]?.DeepClone() ?? new JsonArray(),
            };
        });
    }

    private Answer Create(Call call)
    {
        CheckProject(call);
        _gate.Demand(call, "storage.buckets.create", workings.Targets.Project, "project");
        var name = call.Body.Needed("name");
        if (!BucketName().IsMatch(name))
            throw GoogleError.Invalid($"Invalid bucket name: '{name}'");
        var target = workings.Targets.Bucket(name);
        var uniform = call.Body.Object("iamConfiguration")?.Object("uniformBucketLevelAccess")?.Flag("enabled") ?? false;
        var json = call.Body.DeepClone().AsObject();
        json["kind"] = "storage#bucket";
        json["id"] = name;
        json["projectNumber"] = $"{workings.Number}";
        json["metageneration"] = "1";
        json["location"] ??= "US";
        json["storageClass"] ??= "STANDARD";
        json["timeCreated"] = GoogleTime.Milliseconds(workings.Now);
        json["updated"] = GoogleTime.Milliseconds(workings.Now);
        return _shelf.Add(target, json, uniform, state => state with
        {
            Policies = state.Policies.SetItem(target.FullName, PolicyWriting.Next(Policy.Empty, OfNewBucket, null, Place(uniform), state)),
            Writes = state.Writes + 1,
        });
    }

    /// <summary>Who has a basic role on the project has access to its buckets by these.</summary>
    private JsonObject OfNewBucket => new()
    {
        ["bindings"] = new JsonArray(
            new JsonObject
            {
                ["role"] = "roles/storage.legacyBucketOwner",
                ["members"] = new JsonArray($"projectEditor:{workings.Project}", $"projectOwner:{workings.Project}"),
            },
            new JsonObject { ["role"] = "roles/storage.legacyBucketReader", ["members"] = new JsonArray($"projectViewer:{workings.Project}") },
            new JsonObject
            {
                ["role"] = "roles/storage.legacyObjectOwner",
                ["members"] = new JsonArray($"projectEditor:{workings.Project}", $"projectOwner:{workings.Project}"),
            },
            new JsonObject { ["role"] = "roles/storage.legacyObjectReader", ["members"] = new JsonArray($"projectViewer:{workings.Project}") }),
    };

    private Answer List(Call call)
    {
        CheckProject(call);
        _gate.Demand(call, "storage.buckets.list", workings.Targets.Project, "project");
        var all = workings.State.Visible.Resources;
        var prefix = workings.Targets.Bucket(call.Ask("prefix") ?? "").FullName;
        var size = call.AskNumber("maxResults") is > 0 and var asked ? Math.Min(asked, 1000) : 1000;
        var (names, next) = Paging.Page(
            [.. all.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))],
            call.Ask("pageToken"),
            size,
            workings.Faults.Plan.PageSize);
        var json = new JsonObject { ["kind"] = "storage#buckets", ["items"] = new JsonArray([.. names.Select(name => Shelf.Parse(all[name]))]) };
        if (next is not null)
            json["nextPageToken"] = next;
        return json;
    }

    private Answer Delete(Call call)
    {
        var target = _gate.Bucket(call.Path["bucket"]);
        _gate.Demand(call, "storage.buckets.delete", target, "bucket");
        _shelf.Remove(target, state =>
        {
            if (Shelf.Within(state, target).Any())
                throw GoogleError.Exists("The bucket you tried to delete is not empty.");
        });
        return new Answer(Json: null, Code: 204);
    }

    private Answer GetPolicy(Call call)
    {
        var target = _gate.Bucket(call.Path["bucket"]);
        _gate.Demand(call, "storage.buckets.getIamPolicy", target, "bucket");
        return Shown(call, policies.Read(target, call.AskNumber("optionsRequestedPolicyVersion")));
    }

    private Answer SetPolicy(Call call)
    {
        var target = _gate.Bucket(call.Path["bucket"]);
        _gate.Demand(call, "storage.buckets.setIamPolicy", target, "bucket");
        call.Body.Only("kind", "resourceId", "version", "etag", "bindings");
        return Shown(call, policies.Write(target, Place(_shelf.Find(target).TakesConditions), call.Body, mask: null));
    }

    private static Answer Shown(Call call, Answer answer)
    {
        var json = answer.Json ?? [];
        json["kind"] = "storage#policy";
        json["resourceId"] = $"projects/_/buckets/{call.Path["bucket"]}";
        return json;
    }

    /// <summary>Only buckets with uniform access take conditions, and a stale etag is a precondition here.</summary>
    private PolicyPlace Place(bool uniform) => new(
        workings.Project,
        IsProject: false,
        uniform,
        () => new(412, "FAILED_PRECONDITION", "At least one of the pre-conditions you specified did not hold.") { Reason = "conditionNotMet" });

    private void CheckProject(Call call)
    {
        var named = call.Ask("project") ?? throw GoogleError.Invalid("Required parameter: project");
        if (named != workings.Project && named != $"{workings.Number}")
            throw GoogleError.Denied("storage.buckets.list", $"projects/{named}");
    }

    [GeneratedRegex("^[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex BucketName();
}
