using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>
/// How objects come in: in one request (<c>uploadType=media</c>), or with their description first and the bytes after it
/// (<c>resumable</c>), in which case the bytes must come in one piece. The upload's id is the description itself: nothing is kept.
/// </summary>
internal sealed class UploadsApi(StorageGate gate, Func<Call, string, string, ReadOnlyMemory<byte>, Answer> store)
{
    private const string Path = "upload/storage/v1/b/{bucket}/o";

    public void AddTo(Routes routes)
    {
        routes.Add($"POST {Path}", Begin);
        routes.Add($"PUT {Path}", Finish);
    }

    /// <summary>Whether a request's body is what is uploaded, of JSON or not, rather than words about it.</summary>
    public static bool IsContent(IQueryCollection query) => query.ContainsKey("upload_id") || query["uploadType"] == "media";

    private Answer Begin(Call call)
    {
        gate.Bucket(call.Path["bucket"]);
        var name = call.Ask("name") ?? call.Body.Text("name");
        switch (call.Ask("uploadType"))
        {
            case "media":
                return store(call, Checked(name), call.ContentType.Length > 0 ? call.ContentType : "application/octet-stream", call.Raw);
            case "resumable":
                var described = new JsonObject { ["name"] = Checked(name), ["contentType"] = call.Body.Text("contentType") ?? "application/octet-stream" };
                var id = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(described.ToJsonString()));
                return new(Json: null)
                {
                    Location = $"{call.Origin}/upload/storage/v1/b/{Uri.EscapeDataString(call.Path["bucket"])}/o?uploadType=resumable&upload_id={id}",
                };
            default:
                throw GoogleError.Invalid("The sandbox takes uploads of the types media and resumable.");
        }
    }

    private Answer Finish(Call call)
    {
        var id = call.Ask("upload_id") ?? "";
        if (!Base64Url.IsValid(id) || JsonNode.Parse(Base64Url.DecodeFromChars(id)) is not JsonObject described)
            throw GoogleError.NotFound("There is no such upload.");
        // "bytes 0-9/10" is all of it; anything else is a piece.
        var whole = call.Raw.IsEmpty ? "bytes */0" : $"bytes 0-{call.Raw.Length - 1}/{call.Raw.Length}";
        return call.ContentRange.Length == 0 || call.ContentRange == whole
            ? store(call, described.Needed("name"), described.Needed("contentType"), call.Raw)
            : throw GoogleError.Invalid("The sandbox takes an upload's bytes in one piece.");
    }

    private static string Checked(string? name) =>
        string.IsNullOrEmpty(name) || Encoding.UTF8.GetByteCount(name) > 1024 || name.AsSpan().ContainsAny('\r', '\n')
        ? throw GoogleError.Invalid("An object's name has 1 to 1,024 bytes and no line ends.")
        : name;
}
