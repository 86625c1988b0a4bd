using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>The only way to write: under a fence, and counted but for credentials.</summary>
internal sealed class Writer(IIamApi api, Fence fence, CancellationToken cancellation)
{
    private readonly IIamWrites _api = api.Under(fence);

    public int Writes { get; private set; }

    public Task PutPolicyAsync(PrincipalName name, string policyName, string document) =>
        WriteAsync(() => _api.PutPolicyAsync(name, policyName, document, cancellation));

    public Task DeletePolicyAsync(PrincipalName name, string policyName) => WriteAsync(() => _api.DeletePolicyAsync(name, policyName, cancellation));

    public Task DetachPolicyAsync(PrincipalName name, string arn) => WriteAsync(() => _api.DetachPolicyAsync(name, arn, cancellation));

    public Task UpdateTrustAsync(PrincipalName role, string document) => WriteAsync(() => _api.UpdateAssumeRolePolicyAsync(role, document, cancellation));

    public Task TagAsync(PrincipalName name, string key, string value) => WriteAsync(() => _api.TagAsync(name, key, value, cancellation));

    public Task UntagAsync(PrincipalName name, string key) => WriteAsync(() => _api.UntagAsync(name, key, cancellation));

    public Task DeleteAsync(PrincipalName name) => WriteAsync(() => _api.DeleteAsync(name, cancellation));

    /// <returns>False when IAM does not know it.</returns>
    public async Task<bool> EndKeyAsync(PrincipalName user, string keyId)
    {
        // Refused at once, whatever becomes of the deletion.
        var isKnown = false;
        await WriteAsync(async () => isKnown = await _api.DeactivateAccessKeyAsync(user, keyId, cancellation));
        await WriteAsync(() => _api.DeleteAccessKeyAsync(user, keyId, cancellation));
        return isKnown;
    }

    public async Task<IamPrincipal> CreateAsync(PrincipalName name, string identityId, string? trustPolicy)
    {
        var created = await _api.CreateAsync(name, Marker.Path, Marker.TagsOf(identityId), trustPolicy, cancellation);
        Writes++;
        return created;
    }

    public Task<SecretKey> AssumeRoleAsync(string roleArn, string sessionName, TimeSpan duration) => _api.AssumeRoleAsync(roleArn, sessionName, duration, cancellation);

    public Task<SecretKey> CreateAccessKeyAsync(PrincipalName user) => _api.CreateAccessKeyAsync(user, cancellation);

    private async Task WriteAsync(Func<Task> write)
    {
        await write();
        Writes++;
    }
}
