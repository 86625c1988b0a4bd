using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>Hands out credentials of a grant and ends them: sessions of a role, access keys of a user.</summary>
internal sealed class GrantCredentials(IIamApi api, RoleSessions sessions, UserKeys keys)
{
    public async Task<Result<IssuedCredential>> IssueAsync(CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        if (request.ExpiresAt <= request.Now)
            return new Refusal("GRANT_OVER", "The grant is over, and a credential would outlive it.", "Request access anew.", "grantId");
        var name = PrincipalName.Parse(request.Binding.Principal);
        var principal = await api.FindAsync(name, cancellation) ?? throw new PlatformException(PlatformError.NotFound, $"There is no {name} in the account.");
        if (request.Binding.NativeId is { } bound && principal.Id != bound)
            throw new PlatformException(PlatformError.Rejected, $"{name} is another one than the identity is bound to: it was deleted and created again.");
        return name.Kind == PrincipalKind.Role
            ? await sessions.IssueAsync(principal, request, fence, cancellation)
            : await keys.IssueAsync(principal, request, fence, cancellation);
    }

    /// <returns>Until when a credential can still authenticate; null when there was none.</returns>
    public async Task<DateTimeOffset?> EndAsync(PrincipalName name, string identityId, IReadOnlyList<string> grantIds, Writer writer, CancellationToken cancellation)
    {
        if (await api.FindAsync(name, cancellation) is not { } principal)
            return null;
        DateTimeOffset? residual = null;
        foreach (var grant in grantIds)
        {
            if (await EndAsync(principal, identityId, GrantTag.KeyOf(identityId, grant), writer, cancellation) is { } until && !(until < residual))
                residual = until;
        }

        return residual;
    }

    public async Task EndAllAsync(IamPrincipal principal, string identityId, Writer writer, CancellationToken cancellation)
    {
        foreach (var tag in principal.Tags.Keys.Where(tag => GrantTag.IsOf(tag, identityId)))
            await EndAsync(principal, identityId, tag, writer, cancellation);
    }

    private Task<DateTimeOffset?> EndAsync(IamPrincipal principal, string identityId, string tag, Writer writer, CancellationToken cancellation) =>
        principal.Name.Kind == PrincipalKind.Role
            ? sessions.EndAsync(principal, identityId, tag, writer)
            : keys.EndAsync(principal, tag, writer, cancellation);
}
