using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>The only way to write: asks the fence immediately before each write, and counts them.</summary>
internal sealed class Writer(IIamApi api, Fence fence, CancellationToken cancellation)
{
    public int Writes { get; private set; }

    public Task PutPolicyAsync(PrincipalName name, string policyName, string document) =>
        WriteAsync(() => api.PutPolicyAsync(name, policyName, document, cancellation));

    public Task DeletePolicyAsync(PrincipalName name, string policyName) => WriteAsync(() => api.DeletePolicyAsync(name, policyName, cancellation));

    public Task DetachPolicyAsync(PrincipalName name, string arn) => WriteAsync(() => api.DetachPolicyAsync(name, arn, cancellation));

    public Task UpdateTrustAsync(PrincipalName role, string document) => WriteAsync(() => api.UpdateAssumeRolePolicyAsync(role, document, cancellation));

    public Task TagAsync(PrincipalName name, string key, string value) => WriteAsync(() => api.TagAsync(name, key, value, cancellation));

    public Task UntagAsync(PrincipalName name, string key) => WriteAsync(() => api.UntagAsync(name, key, cancellation));

    public Task DeleteAsync(PrincipalName name) => WriteAsync(() => api.DeleteAsync(name, cancellation));

    /// <returns>False when IAM does not know it.</returns>
    public async Task<bool> EndKeyAsync(PrincipalName user, string keyId)
    {
        // Refused at once, whatever becomes of the deletion.
        var isKnown = false;
        await WriteAsync(async () => isKnown = await api.DeactivateAccessKeyAsync(user, keyId, cancellation));
        await WriteAsync(() => api.DeleteAccessKeyAsync(user, keyId, cancellation));
        return isKnown;
    }

    public async Task<IamPrincipal> CreateAsync(PrincipalName name, string identityId, string? trustPolicy)
    {
        fence.ThrowIfStale();
        var created = await api.CreateAsync(name, Marker.Path, Marker.TagsOf(identityId), trustPolicy, cancellation);
        Writes++;
        return created;
    }

    private async Task WriteAsync(Func<Task> write)
    {
        fence.ThrowIfStale();
        await write();
        Writes++;
    }
}
