using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>
/// What the connector asks of IAM and STS, and nothing else. Operations are named as the SDK's clients name them, without the
/// word for the kind of principal: <c>PutPolicyAsync</c> is PutRolePolicy or PutUserPolicy. <c>Find…</c> answers null for what does not
/// exist; everything else throws <see cref="PlatformException"/>. Lists are whole or an exception.
/// </summary>
internal interface IIamApi : IDisposable
{
    /// <summary>The calls that were made so far.</summary>
    long Calls { get; }

    Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellation);

    Task<IamPrincipal?> FindAsync(PrincipalName name, CancellationToken cancellation);

    /// <param name="trustPolicy">Who may assume it; null for a user.</param>
    Task<IamPrincipal> CreateAsync(PrincipalName name, string path, IReadOnlyDictionary<string, string> tags, string? trustPolicy, CancellationToken cancellation);

    /// <exception cref="PlatformException">With <see cref="PlatformError.Conflict"/> and a <see cref="DeleteConflictException"/> as its cause, when something on it keeps it.</exception>
    Task DeleteAsync(PrincipalName name, CancellationToken cancellation);

    Task UpdateAssumeRolePolicyAsync(PrincipalName role, string document, CancellationToken cancellation);

    Task TagAsync(PrincipalName name, string key, string value, CancellationToken cancellation);

    Task UntagAsync(PrincipalName name, string key, CancellationToken cancellation);

    Task<IReadOnlyList<string>> ListPoliciesAsync(PrincipalName name, CancellationToken cancellation);

    Task<InlinePolicy?> FindPolicyAsync(PrincipalName name, string policyName, CancellationToken cancellation);

    Task PutPolicyAsync(PrincipalName name, string policyName, string document, CancellationToken cancellation);

    Task DeletePolicyAsync(PrincipalName name, string policyName, CancellationToken cancellation);

    /// <returns>The ARNs of managed policies.</returns>
    Task<IReadOnlyList<string>> ListAttachedPoliciesAsync(PrincipalName name, CancellationToken cancellation);

    Task DetachPolicyAsync(PrincipalName name, string arn, CancellationToken cancellation);

    /// <summary>A managed policy in its default version.</summary>
    Task<ManagedPolicy> GetPolicyAsync(string arn, CancellationToken cancellation);

    Task<IReadOnlyList<string>> ListGroupsForUserAsync(PrincipalName user, CancellationToken cancellation);

    /// <summary>In pages; an exception ends the stream.</summary>
    /// <param name="background">It is part of a sweep, and leaves room for others.</param>
    IAsyncEnumerable<AuthorizationDetails> GetAccountAuthorizationDetailsAsync(IReadOnlyList<string> filter, bool background, CancellationToken cancellation);

    Task<IReadOnlyList<EvaluationResult>> SimulatePrincipalPolicyAsync(
        string principalArn, IReadOnlyList<string> actions, IReadOnlyList<string> resources, IReadOnlyList<ContextEntry> context, CancellationToken cancellation);

    Task<IReadOnlyList<AccessKey>> ListAccessKeysAsync(PrincipalName user, CancellationToken cancellation);

    Task<SecretKey> CreateAccessKeyAsync(PrincipalName user, CancellationToken cancellation);

    /// <returns>False when IAM does not know it.</returns>
    Task<bool> DeactivateAccessKeyAsync(PrincipalName user, string keyId, CancellationToken cancellation);

    Task DeleteAccessKeyAsync(PrincipalName user, string keyId, CancellationToken cancellation);

    Task<SecretKey> AssumeRoleAsync(string roleArn, string sessionName, TimeSpan duration, CancellationToken cancellation);
}
