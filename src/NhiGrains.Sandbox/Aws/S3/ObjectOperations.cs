using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using NhiGrains.Sandbox.Aws.Signing;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.S3;

internal static class ObjectOperations
{
    /// <summary>Also for HEAD, where the body is not sent.</summary>
    public static Reply Get(S3Call call)
    {
        var bucket = call.Find(call.Account.State.Visible);
        call.Authorize("s3:GetObject", call.ObjectArn);
        if (!bucket.Objects.TryGetValue(call.Key, out var found))
        {
            // Who may not list is not told that there is nothing.
            throw call.May("s3:ListBucket", call.BucketArn)
                ? new AwsException(404, "NoSuchKey", "The specified key does not exist.")
                : AwsException.AccessDenied("Access Denied");
        }

        return new(200, found.ContentType, [.. found.Content])
        {
            Headers = { ["ETag"] = found.ETag, ["Last-Modified"] = found.Modified.ToString("R", CultureInfo.InvariantCulture) },
        };
    }

    public static Reply Put(S3Call call)
    {
        call.Find(call.Account.State.Visible);
        call.Authorize("s3:PutObject", call.ObjectArn);
        var content = Content(call.Request);
        var stored = new StoredObject([.. content], call.Request.Header("Content-Type") ?? "binary/octet-stream", ETag(content), call.Account.Now);
        Change(call, objects => objects.SetItem(call.Key, stored));
        return new(200, "application/xml", []) { Headers = { ["ETag"] = stored.ETag } };
    }

    /// <summary>Succeeds as well when there is no such object.</summary>
    public static Reply Delete(S3Call call)
    {
        call.Find(call.Account.State.Visible);
        call.Authorize("s3:DeleteObject", call.ObjectArn);
        Change(call, objects => objects.Remove(call.Key));
        return new(204, "application/xml", []);
    }

    private static void Change(S3Call call, Func<ImmutableSortedDictionary<string, StoredObject>, ImmutableSortedDictionary<string, StoredObject>> change) =>
        call.Account.State.Write(state =>
        {
            var bucket = call.Find(state);
            return (state with { Buckets = state.Buckets.SetItem(bucket.Name, bucket with { Objects = change(bucket.Objects) }) }, true);
        });

    private static byte[] Content(SignedRequest request) =>
        request.Header(SignatureV4.ContentHash) is { } hash && hash.StartsWith("STREAMING-", StringComparison.Ordinal)
            ? ChunkedBody.Read(request.Body).Content
            : request.Body;

#pragma warning disable CA5351 // S3's ETag is this, and clients compare it; nothing is protected by it.
    private static string ETag(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";
#pragma warning restore CA5351
}
