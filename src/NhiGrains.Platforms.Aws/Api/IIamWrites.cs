using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>
/// What the connector changes on IAM, and the sessions and keys that it makes; named as in <see cref="IIamApi"/>. Removing what is gone
/// succeeds.
/// </summary>
internal interface IIamWrites
{
    /// <param name="trustPolicy">Who may assume it; null for a user.</param>
    Task<IamPrincipal> CreateAsync(PrincipalName name, string path, IReadOnlyDictionary<string, string> tags, string? trustPolicy, CancellationToken cancellation);

    /// <exception cref="PlatformException">With <see cref="PlatformError.Conflict"/> and a <see cref="DeleteConflictException"/> as its cause, when something on it keeps it.</exception>
    Task DeleteAsync(PrincipalName name, CancellationToken cancellation);

    Task UpdateAssumeRolePolicyAsync(PrincipalName role, string document, CancellationToken cancellation);

    Task TagAsync(PrincipalName name, string key, string value, CancellationToken cancellation);

    Task UntagAsync(PrincipalName name, string key, CancellationToken cancellation);

    Task PutPolicyAsync(PrincipalName name, string policyName, string document, CancellationToken cancellation);

    Task DeletePolicyAsync(PrincipalName name, string policyName, CancellationToken cancellation);

    Task DetachPolicyAsync(PrincipalName name, string arn, CancellationToken cancellation);

    Task<SecretKey> CreateAccessKeyAsync(PrincipalName user, CancellationToken cancellation);

    /// <returns>False when IAM does not know it.</returns>
    Task<bool> DeactivateAccessKeyAsync(PrincipalName user, string keyId, CancellationToken cancellation);

    Task DeleteAccessKeyAsync(PrincipalName user, string keyId, CancellationToken cancellation);

    Task<SecretKey> AssumeRoleAsync(string roleArn, string sessionName, TimeSpan duration, CancellationToken cancellation);
}
