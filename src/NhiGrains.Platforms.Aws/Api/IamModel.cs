using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>A role or a user as IAM tells of it.</summary>
/// <param name="Id">The RoleId or UserId: another one when it was deleted and created again.</param>
/// <param name="TrustPolicy">Who may assume the role; null for a user.</param>
/// <param name="Boundary">The ARN of the policy that bounds it; null when none does.</param>
/// <param name="MaxSession">The longest session of the role; null where IAM does not tell, as in lists and for users.</param>
internal sealed record IamPrincipal(
    PrincipalName Name,
    string Id,
    string Path,
    string Arn,
    IReadOnlyDictionary<string, string> Tags,
    string? TrustPolicy,
    string? Boundary,
    TimeSpan? MaxSession);

internal sealed record InlinePolicy(string Name, string Document);

internal sealed record ManagedPolicy(string Arn, string Document);

/// <summary>A principal with all that gives it access by name.</summary>
/// <param name="Attached">The ARNs of managed policies.</param>
/// <param name="Groups">The names of a user's groups.</param>
internal sealed record PrincipalDetail(
    IamPrincipal Principal, IReadOnlyList<InlinePolicy> Inline, IReadOnlyList<string> Attached, IReadOnlyList<string> Groups);

internal sealed record GroupDetail(string Name, IReadOnlyList<InlinePolicy> Inline, IReadOnlyList<string> Attached);

/// <summary>One page of everything that an account has.</summary>
internal sealed record AuthorizationDetails(
    IReadOnlyList<PrincipalDetail> Principals, IReadOnlyList<GroupDetail> Groups, IReadOnlyList<ManagedPolicy> Policies);

/// <summary>Who the control plane is.</summary>
internal sealed record CallerIdentity(string Account, string Arn);

/// <param name="Values">More than one only for keys that have many.</param>
internal sealed record ContextEntry(string Name, string Type, IReadOnlyList<string> Values);

internal sealed record EvaluationResult(string Action, string Resource, bool Allowed);

internal sealed record AccessKey(string Id, bool Active, DateTimeOffset CreatedAt);

/// <summary>A key or a session's credentials, with its secret.</summary>
internal sealed record SecretKey(string Id, string Secret, string? SessionToken, DateTimeOffset? Expires)
{
    /// <summary>A record prints its members, and this one holds a secret.</summary>
    public override string ToString() => $"key {Id}";
}
