using System.Collections.Immutable;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>
/// Trust policies keep whom they name by id, as IAM does: a principal that was deleted and created again is not trusted any
/// more, and the policy then shows the old one's id.
/// </summary>
internal static class TrustPolicies
{
    /// <exception cref="AwsException"><c>MalformedPolicyDocument</c>, also for a principal that does not exist; <c>LimitExceeded</c>.</exception>
    public static TrustPolicy Read(string text, AwsState state, Account account)
    {
        var document = PolicyReader.Trust(text);
        if (document.Size > account.Limits.Trust)
            throw AwsException.LimitExceeded($"Cannot exceed quota for ACLSizePerRole: {account.Limits.Trust}");
        var ids = document.Statements
            .SelectMany(statement => statement.Principals?.Aws ?? [])
            .Where(arn => arn.Split(':') is ["arn", ..] parts && parts[4] == account.Arns.AccountId && arn != account.Arns.Root)
            .Distinct(StringComparer.Ordinal)
            .ToImmutableDictionary(arn => arn, arn => Find(arn, state)?.Id ?? throw AwsException.MalformedPolicy($"Invalid principal in policy: \"AWS\":\"{arn}\""), StringComparer.Ordinal);
        return new(document, ids);
    }

    public static string TextOf(TrustPolicy trust, AwsState state) =>
        trust.Ids.Where(one => Find(one.Key, state)?.Id != one.Value)
            .Aggregate(trust.Document.Text, (text, gone) => text.Replace($"\"{gone.Key}\"", $"\"{gone.Value}\"", StringComparison.Ordinal));

    /// <summary>The user or role of this account that an ARN names; a session's is its role.</summary>
    private static Entity? Find(string arn, AwsState state)
    {
        var resource = arn.Split(':', 6)[5].Split('/');
        return resource[0] switch
        {
            "user" => state.Find(EntityKind.User, resource[^1]) is { } user && user.Arn == arn ? user : null,
            "role" => state.Find(EntityKind.Role, resource[^1]) is { } role && role.Arn == arn ? role : null,
            "assumed-role" => state.Find(EntityKind.Role, resource[1]),
            _ => null,
        };
    }
}
