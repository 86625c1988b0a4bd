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

    /// <param name="handles">By grant, what the engine keeps of what was handed out; see <see cref="SessionHandle"/>.</param>
    /// <returns>Until when a credential can still authenticate; null when there was none.</returns>
    public async Task<DateTimeOffset?> EndAsync(
        PrincipalName name, string identityId, IReadOnlyList<string> grantIds, IReadOnlyDictionary<string, string> handles, Writer writer, CancellationToken cancellation)
    {
        // One that is not seen may have been made a moment ago, and what is known of its credentials needs no look.
        var principal = await api.FindAsync(name, cancellation);
        DateTimeOffset? residual = null;
        PlatformException? first = null;
        foreach (var grant in grantIds)
        {
            try
            {
                if (await EndAsync(new(name, principal, identityId, GrantTag.KeyOf(identityId, grant), handles.GetValueOrDefault(grant)), writer, cancellation) is { } until && !(until < residual))
                    residual = until;
            }
            catch (PlatformException failure)
            {
                // What goes wrong with one grant's is no reason to leave another's.
                first ??= failure;
                if (failure.Error is PlatformError.Fenced or PlatformError.Throttled)
                    break;
            }
        }

        return first is null ? residual : throw first;
    }

    public async Task EndAllAsync(IamPrincipal principal, string identityId, Writer writer, CancellationToken cancellation)
    {
        foreach (var tag in principal.Tags.Keys.Where(tag => GrantTag.IsOf(tag, identityId)))
            await EndAsync(new(principal.Name, principal, identityId, tag, Handle: null), writer, cancellation);
    }

    private Task<DateTimeOffset?> EndAsync(Ending ending, Writer writer, CancellationToken cancellation) =>
        ending.Name.Kind == PrincipalKind.Role
            ? sessions.EndAsync(ending, writer)
            : keys.EndAsync(ending, writer, cancellation);
}

/// <summary>What is known of one grant's credentials that are to end.</summary>
/// <param name="Seen">Null when the principal is not seen.</param>
/// <param name="Tag">The key of the grant's tag.</param>
/// <param name="Handle">What the engine keeps; null when nothing was handed out, or it is not known.</param>
internal sealed record Ending(PrincipalName Name, IamPrincipal? Seen, string IdentityId, string Tag, string? Handle)
{
    /// <summary>What the tag says; null when none is seen.</summary>
    public string? Value => Seen?.Tags.GetValueOrDefault(Tag);
}
