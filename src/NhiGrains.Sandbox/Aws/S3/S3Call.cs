using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Signing;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.S3;

/// <summary>One request to S3.</summary>
/// <param name="Bucket">Empty: the request is about the account.</param>
/// <param name="Key">Empty: the request is about the bucket.</param>
internal sealed record S3Call(
    Account Account, SignedRequest Request, Caller Caller, string Bucket, string Key, IReadOnlyDictionary<string, string> Query)
{
    public string BucketArn => $"arn:aws:s3:::{Bucket}";

    public string ObjectArn => $"{BucketArn}/{Key}";

    public static S3Call Read(Account account, SignedRequest request, Caller caller)
    {
        var path = request.Path.TrimStart('/').Split('/', 2);
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in request.Query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
            query[Decode(pair[0])] = pair.Length == 2 ? Decode(pair[1]) : "";
        return new(account, request, caller, Uri.UnescapeDataString(path[0]), path.Length == 2 ? Uri.UnescapeDataString(path[1]) : "", query);
    }

    public bool HasOnly(string parameter) => Query.Keys.All(name => name == parameter);

    /// <exception cref="AwsException"><c>AccessDenied</c>.</exception>
    public void Authorize(string action, string resource, RequestContext? more = null)
    {
        var decision = Decide(action, resource, more);
        if (!decision.IsAllowed)
            throw AwsException.AccessDenied(decision.Explain(Caller.Arn, action, resource));
    }

    public bool May(string action, string resource) => Decide(action, resource, null).IsAllowed;

    /// <exception cref="AwsException"><c>NoSuchBucket</c>.</exception>
    public Bucket Find(AwsState state) =>
        state.Buckets.TryGetValue(Bucket, out var bucket) ? bucket : throw new AwsException(404, "NoSuchBucket", "The specified bucket does not exist");

    private Decision Decide(string action, string resource, RequestContext? more) =>
        Evaluator.Decide(Caller.Sources, action, resource, Contexts.Of(Caller, Request, Account.Now)
            .With(S3Keys.ResourceAccount, Account.Arns.AccountId)
            .With(more ?? RequestContext.Empty));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
