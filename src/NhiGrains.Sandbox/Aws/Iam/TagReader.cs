using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Query;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Tags as a call brings them.</summary>
internal static class TagReader
{
    public static Dictionary<string, string> Read(Call call)
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in call.Parameters.Members("Tags", "Key"))
        {
            var key = call.Parameters.Required($"{member}.Key", Shapes.TagKey());
            var value = call.Parameters.Required($"{member}.Value", Shapes.TagValue());
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                throw AwsException.InvalidInput("Tag keys that begin with 'aws:' are reserved.");
            if (!tags.TryAdd(key, value))
                throw AwsException.InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }

        return tags.Count <= call.Account.Limits.Tags ? tags : throw TooMany(call);
    }

    public static AwsException TooMany(Call call) =>
        AwsException.LimitExceeded($"The number of tags has reached the maximum limit of {call.Account.Limits.Tags}.");

    /// <summary>What conditions can ask of the tags that a call brings.</summary>
    public static RequestContext Context(Call call)
    {
        var tags = Read(call);
        return tags.Count == 0 ? RequestContext.Empty : RequestContext.Empty.With(tags, "aws:RequestTag/").With("aws:TagKeys", [.. tags.Keys]);
    }
}
