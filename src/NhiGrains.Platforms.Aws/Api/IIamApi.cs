using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>
/// What the connector reads of IAM and STS, and nothing else; what it writes is <see cref="IIamWrites"/>, which needs a fence. Operations
/// are named as the SDK's clients name them, without the word for the kind of principal: <c>PutPolicyAsync</c> is PutRolePolicy or
/// PutUserPolicy. <c>Find…</c> answers null for what does not exist; everything else throws <see cref="PlatformException"/>. Lists are whole or
/// an exception.
/// </summary>
internal interface IIamApi : IDisposable
{
    /// <summary>The calls that were made so far.</summary>
    long Calls { get; }

    /// <summary>What writes, as long as the fence is good: it is asked when a request has had its turn and its signature, as the last thing before it is sent.</summary>
    IIamWrites Under(Fence fence);

    Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellation);

    Task<IamPrincipal?> FindAsync(PrincipalName name, CancellationToken cancellation);

    Task<IReadOnlyList<string>> ListPoliciesAsync(PrincipalName name, CancellationToken cancellation);

    Task<InlinePolicy?> FindPolicyAsync(PrincipalName name, string policyName, CancellationToken cancellation);

    /// <returns>The ARNs of managed policies.</returns>
    Task<IReadOnlyList<string>> ListAttachedPoliciesAsync(PrincipalName name, CancellationToken cancellation);

    /// <summary>A managed policy in its default version.</summary>
    Task<ManagedPolicy> GetPolicyAsync(string arn, CancellationToken cancellation);

    Task<IReadOnlyList<string>> ListGroupsForUserAsync(PrincipalName user, CancellationToken cancellation);

    /// <summary>In pages; an exception ends the stream.</summary>
    /// <param name="background">It is part of a sweep, and leaves room for others.</param>
    IAsyncEnumerable<AuthorizationDetails> GetAccountAuthorizationDetailsAsync(IReadOnlyList<string> filter, bool background, CancellationToken cancellation);

    Task<IReadOnlyList<EvaluationResult>> SimulatePrincipalPolicyAsync(
        string principalArn, IReadOnlyList<string> actions, IReadOnlyList<string> resources, IReadOnlyList<ContextEntry> context, CancellationToken cancellation);

    Task<IReadOnlyList<AccessKey>> ListAccessKeysAsync(PrincipalName user, CancellationToken cancellation);
}
