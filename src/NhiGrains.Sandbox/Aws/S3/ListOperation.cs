using System.Globalization;
using System.Text;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.S3;

/// <summary>ListObjectsV2: what begins with a prefix, and with a delimiter only as far as that.</summary>
internal static class ListOperation
{
    private static readonly XNamespace Space = BucketOperations.Space;

    public static Reply List(S3Call call)
    {
        var (query, bucket) = (call.Query, call.Find(call.Account.State.Visible));
        call.Authorize("s3:ListBucket", call.BucketArn, Keys(query));
        var (prefix, delimiter) = (query.GetValueOrDefault("prefix", ""), query.GetValueOrDefault("delimiter", ""));
        var after = query.TryGetValue("continuation-token", out var token) ? Read(token) : query.GetValueOrDefault("start-after", "");
        if (!int.TryParse(query.GetValueOrDefault("max-keys", "1000"), NumberStyles.None, CultureInfo.InvariantCulture, out var most))
            throw new AwsException(400, "InvalidArgument", "Provided max-keys not an integer or within integer range");
        most = Math.Min(most, call.Account.Surroundings.Faults.Plan.PageSize ?? 1000);

        // An entry is an object, or all that begin alike as far as the delimiter.
        var entries = bucket.Objects
            .Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(one => Entry(one.Key, prefix, delimiter), StringComparer.Ordinal)
            .Where(entry => string.CompareOrdinal(entry.Key, after) > 0)
            .Take(most + 1)
            .ToArray();
        var page = entries.Take(most).ToArray();
        var next = entries.Length > most ? page.LastOrDefault()?.Key ?? after : null;
        return Reply.Xml(200, new(Space + "ListBucketResult", Members(bucket, prefix, delimiter, most, page, next)), "application/xml");
    }

    private static RequestContext Keys(IReadOnlyDictionary<string, string> query) =>
        RequestContext.Empty
            .With("s3:prefix", query.GetValueOrDefault("prefix"))
            .With("s3:delimiter", query.GetValueOrDefault("delimiter"))
            .With("s3:max-keys", query.GetValueOrDefault("max-keys"));

    private static string Entry(string key, string prefix, string delimiter)
    {
        var end = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return end < 0 ? key : key[..(end + delimiter.Length)];
    }

    private static IEnumerable<XElement?> Members(
        Bucket bucket, string prefix, string delimiter, int most, IGrouping<string, KeyValuePair<string, StoredObject>>[] page, string? next)
    {
        yield return new(Space + "Name", bucket.Name);
        yield return new(Space + "Prefix", prefix);
        yield return delimiter.Length == 0 ? null : new(Space + "Delimiter", delimiter);
        yield return new(Space + "MaxKeys", most);
        yield return new(Space + "KeyCount", page.Length);
        yield return new(Space + "IsTruncated", next is null ? "false" : "true");
        yield return next is null ? null : new(Space + "NextContinuationToken", Convert.ToBase64String(Encoding.UTF8.GetBytes(next)));
        foreach (var entry in page)
        {
            yield return bucket.Objects.TryGetValue(entry.Key, out var stored)
                ? new(
                    Space + "Contents",
                    new XElement(Space + "Key", entry.Key),
                    new XElement(Space + "LastModified", BucketOperations.Time(stored.Modified)),
                    new XElement(Space + "ETag", stored.ETag),
                    new XElement(Space + "Size", stored.Content.Length),
                    new XElement(Space + "StorageClass", "STANDARD"))
                : new(Space + "CommonPrefixes", new XElement(Space + "Prefix", entry.Key));
        }
    }

    private static string Read(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw new AwsException(400, "InvalidArgument", "The continuation token provided is incorrect");
    }
}
