using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Objects of Cloud Storage v1: get, list, delete, and what an upload makes.</summary>
internal sealed class ObjectsApi(Workings workings)
{
    private const string All = "storage/v1/b/{bucket}/o";
    private const string One = $"{All}/{{object}}";

    private readonly StorageGate _gate = new(workings);

    public void AddTo(Routes routes)
    {
        routes.Add($"GET {All}", List);
        routes.Add($"GET {One}", call =>
        {
            var content = _gate.Object(call, "storage.objects.get");
            return call.Ask("alt") == "media"
                ? new Answer(Json: null, content.Bytes) { ContentType = content.Type }
                : ToJson(call.Path["bucket"], content);
        });
        routes.Add($"DELETE {One}", call =>
        {
            var content = _gate.Object(call, "storage.objects.delete");
            workings.State.Write(state => (state with { Objects = state.Objects.Remove(content.FullName), Writes = state.Writes + 1 }, true));
            return new(Json: null, Code: 204);
        });
        new UploadsApi(_gate, Store).AddTo(routes);
    }

    /// <summary>Puts an object in place; one that is there already is overwritten, which takes the right to delete it as well.</summary>
    private Answer Store(Call call, string name, string type, ReadOnlyMemory<byte> bytes)
    {
        var (bucket, target) = (_gate.Bucket(call.Path["bucket"]), workings.Targets.Object(call.Path["bucket"], name));
        _gate.Demand(call, "storage.objects.create", target, "object");
        var fullName = StorageGate.FullName(bucket, name);
        if (workings.State.Visible.Objects.ContainsKey(fullName))
            _gate.Demand(call, "storage.objects.delete", target, "object");
        return workings.State.Write(state =>
        {
            var content = new Content(fullName, bytes, type, state.Writes + 1, workings.Now);
            var next = state with { Objects = state.Objects.SetItem(fullName, content), Writes = state.Writes + 1 };
            return (next, (Answer)ToJson(call.Path["bucket"], content));
        });
    }

    private Answer List(Call call)
    {
        var bucket = _gate.Bucket(call.Path["bucket"]);
        // A condition on the names of objects says nothing of the bucket, and it is the bucket that is listed.
        _gate.Demand(call, "storage.objects.list", bucket with { ObjectListPrefix = call.Ask("prefix") ?? "" }, "bucket");
        if (call.Ask("delimiter") is { Length: > 0 } || call.Ask("startOffset") is not null || call.Ask("matchGlob") is not null)
            throw GoogleError.Invalid("The sandbox lists objects by prefix only.");
        var all = workings.State.Visible.Objects;
        var prefix = StorageGate.FullName(bucket, call.Ask("prefix") ?? "");
        ImmutableSortedSet<string> names = [.. all.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        var size = call.AskNumber("maxResults") is > 0 and var asked ? Math.Min(asked, 1000) : 1000;
        var (page, next) = Paging.Page(names.WithComparer(StringComparer.Ordinal), call.Ask("pageToken"), size, workings.Faults.Plan.PageSize);
        var json = new JsonObject { ["kind"] = "storage#objects" };
        if (page.Count > 0)
            json["items"] = new JsonArray([.. page.Select(name => ToJson(call.Path["bucket"], all[name]))]);
        if (next is not null)
            json["nextPageToken"] = next;
        return json;
    }

    private JsonObject ToJson(string bucket, Content content)
    {
        var name = content.FullName[StorageGate.FullName(workings.Targets.Bucket(bucket), "").Length..];
        return new()
        {
            ["kind"] = "storage#object",
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"{bucket}/{name}/{content.Generation}"),
            ["name"] = name,
            ["bucket"] = bucket,
            ["generation"] = content.Generation.ToString(CultureInfo.InvariantCulture),
            ["metageneration"] = "1",
            ["contentType"] = content.Type,
            ["storageClass"] = "STANDARD",
            ["size"] = content.Bytes.Length.ToString(CultureInfo.InvariantCulture),
            ["md5Hash"] = Md5(content.Bytes.Span),
            ["timeCreated"] = GoogleTime.Milliseconds(content.Created),
            ["updated"] = GoogleTime.Milliseconds(content.Created),
        };
    }

#pragma warning disable CA5351 // Cloud Storage tells it, as a checksum.
    private static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(MD5.HashData(bytes));
#pragma warning restore CA5351
}
