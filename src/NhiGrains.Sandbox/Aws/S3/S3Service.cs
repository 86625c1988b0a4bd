using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Signing;

namespace NhiGrains.Sandbox.Aws.S3;

/// <summary>
/// As much of S3 as it takes to try credentials: buckets, objects and lists, path-style. Every request is authorized by the
/// account's policies; there are no bucket policies and no access control lists.
/// </summary>
internal sealed class S3Service : IService
{
    public Reply Answer(Account account, SignedRequest request, Caller caller, string requestId)
    {
        var call = S3Call.Read(account, request, caller);
        return (request.Method, call) switch
        {
            ("GET", { Bucket: "" }) => BucketOperations.ListAll(call),
            ("PUT", { Key: "", Query.Count: 0 }) => BucketOperations.Create(call),
            ("DELETE", { Key: "", Query.Count: 0 }) => BucketOperations.Delete(call),
            ("HEAD", { Key: "", Query.Count: 0 }) => BucketOperations.Head(call),
            ("GET", { Key: "" }) when call.Query.GetValueOrDefault("list-type") == "2" => ListOperation.List(call),
            ("GET" or "HEAD", { Key.Length: > 0 }) when call.HasOnly("x-id") => ObjectOperations.Get(call),
            ("PUT", { Key.Length: > 0 }) when call.HasOnly("x-id") && request.Header("X-Amz-Copy-Source") is null => ObjectOperations.Put(call),
            ("DELETE", { Key.Length: > 0 }) when call.HasOnly("x-id") => ObjectOperations.Delete(call),
            _ => throw new AwsException(501, "NotImplemented", "The sandbox does not have this request of S3."),
        };
    }

    public Reply Error(AwsException error, string resource, string requestId)
    {
        // What other services call so, S3 calls otherwise.
        var (status, code) = error.Code switch
        {
            "InvalidClientTokenId" => (403, "InvalidAccessKeyId"),
            "MissingAuthenticationToken" => (403, "AccessDenied"),
            "ExpiredToken" => (400, "ExpiredToken"),
            "Throttling" => (503, "SlowDown"),
            var same => (error.Status, same),
        };
        return Reply.Xml(
            status,
            new("Error", new XElement("Code", code), new XElement("Message", error.Message), new XElement("Resource", resource), new XElement("RequestId", requestId)),
            "application/xml");
    }
}
