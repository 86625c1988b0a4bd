using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.S3;

internal static partial class BucketOperations
{
    public static readonly XNamespace Space = "http://s3.amazonaws.com/doc/2006-03-01/";

    public static Reply ListAll(S3Call call)
    {
        call.Authorize("s3:ListAllMyBuckets", "*");
        var buckets = call.Account.State.Visible.Buckets.Values.Select(bucket => new XElement(
            Space + "Bucket", new XElement(Space + "Name", bucket.Name), new XElement(Space + "CreationDate", Time(bucket.Created))));
        return Reply.Xml(200, new(Space + "ListAllMyBucketsResult", new XElement(Space + "Buckets", buckets)), "application/xml");
    }

    public static Reply Create(S3Call call)
    {
        call.Authorize("s3:CreateBucket", call.BucketArn);
        if (!Name().IsMatch(call.Bucket))
            throw new AwsException(400, "InvalidBucketName", "The specified bucket is not valid.");
        call.Account.State.Write(state => state.Buckets.ContainsKey(call.Bucket)
            ? throw new AwsException(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
            : (state with { Buckets = state.Buckets.Add(call.Bucket, Bucket.Empty(call.Bucket, call.Account.Now)) }, true));
        return new(200, "application/xml", []) { Headers = { ["Location"] = $"/{call.Bucket}" } };
    }

    public static Reply Delete(S3Call call)
    {
        call.Authorize("s3:DeleteBucket", call.BucketArn);
        call.Account.State.Write(state => call.Find(state).Objects.IsEmpty
            ? (state with { Buckets = state.Buckets.Remove(call.Bucket) }, true)
            : throw new AwsException(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"));
        return new(204, "application/xml", []);
    }

    public static Reply Head(S3Call call)
    {
        call.Find(call.Account.State.Visible);
        call.Authorize("s3:ListBucket", call.BucketArn);
        return new(200, "application/xml", []);
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
