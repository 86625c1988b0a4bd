using k8s.Models;
using NhiGrains.Domain;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Applying;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Credentials;

/// <summary>
/// Hands out tokens and ends them. A token lasts at least 600 s on Kubernetes, so each is bound to an (empty) Secret of its grant:
/// when that is deleted, the token stops to authenticate within <see cref="Capabilities.CredentialEndLag"/>. A Secret is known
/// by its name and type, which cannot be changed, and not by its labels, which can.
/// </summary>
internal sealed class GrantSecrets(KubernetesApi api, Capabilities capabilities, TimeProvider time)
{
    public const string Type = "nhigrains.io/grant";

    public async Task<Result<IssuedCredential>> IssueAsync(CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        if (request.ExpiresAt <= request.Now)
            return new Refusal("GRANT_OVER", "The grant is over, and a credential would outlive it.", "Request access anew.", "grantId");
        var account = ServiceAccountName.Parse(request.Binding.Principal);
        await CheckAccountAsync(account, request.Binding.NativeId, cancellation);
        var (secret, isNew) = await SecretAsync(account, request, new(api, fence, cancellation), cancellation);
        try
        {
            fence.ThrowIfStale();
            var issued = await TokenAsync(account, request, secret, cancellation);
            // Whoever was away may have made the Secret after the grant was ended, and then nobody would end this token.
            fence.ThrowIfStale();
            return issued;
        }
        catch (PlatformException) when (isNew)
        {
            await TakeBackAsync(secret, cancellation);
            throw;
        }
    }

    private async Task<IssuedCredential> TokenAsync(ServiceAccountName account, CredentialRequest request, V1Secret secret, CancellationToken cancellation)
    {
        var left = request.ExpiresAt - request.Now;
        var lifetime = left < capabilities.MinimumCredentialLifetime ? capabilities.MinimumCredentialLifetime : left;
        var answer = await api.PostAsync(
            $"{ApiKinds.ServiceAccount.Path(account.Namespace, account.Name)}/token",
            TokenRequest(secret, lifetime),
            $"issue a token of service account {account}", cancellation);
        if (answer.Status is not { Token.Length: > 0, ExpirationTimestamp: { } expires } issued)
            throw ApiFailures.Unavailable($"issue a token of service account {account}", "the answer holds none", null);
        var ends = Ends(new DateTimeOffset(DateTime.SpecifyKind(expires, DateTimeKind.Utc)), answer.Spec?.ExpirationSeconds, lifetime);
        var latest = request.ExpiresAt + capabilities.ControllerLag + capabilities.CredentialEndLag;
        return new IssuedCredential(issued.Token, ends, ends < latest ? ends : latest);
    }

    /// <summary>
    /// The API server ends a token by its own clock. When that is behind ours, what it says is too early by ours; so the end is no
    /// earlier than what is left of the lifetime, which may be less than was asked for where the server has a limit of its own.
    /// </summary>
    private DateTimeOffset Ends(DateTimeOffset said, long? seconds, TimeSpan asked)
    {
        var granted = seconds is > 0 && seconds < asked.TotalSeconds ? TimeSpan.FromSeconds(seconds.Value) : asked;
        var ours = time.GetUtcNow() + granted;
        return said > ours ? said : ours;
    }

    /// <returns>Until when a token can still authenticate; null when no Secret was there.</returns>
    public async Task<DateTimeOffset?> EndAsync(ServiceAccountName account, string identityId, IReadOnlyList<string> grantIds, Writer writer, CancellationToken cancellation)
    {
        DateTimeOffset? residual = null;
        foreach (var grant in grantIds)
        {
            var secret = await api.FindAsync(ApiKinds.Secret, account.Namespace, NameOf(identityId, grant), cancellation);
            if (secret is null)
                continue;
            await writer.DeleteAsync(ApiKinds.Secret, secret);
            residual = time.GetUtcNow() + capabilities.CredentialEndLag;
        }

        return residual;
    }

    /// <summary>A grant's id can be anything, a Secret's name cannot.</summary>
    public static string NameOf(string identityId, string grantId) => PrefixOf(identityId) + Canonical.DigestOfText($"{identityId}/{grantId}")[..32];

    public static bool IsOf(V1Secret secret, string identityId) => secret.Metadata.Name.StartsWith(PrefixOf(identityId), StringComparison.Ordinal);

    private static string PrefixOf(string identityId) => $"nhi-grant-{Canonical.DigestOfText(identityId)[..32]}-";

    // It takes away no more than this call has made itself, so no fence is asked.
    private async Task TakeBackAsync(V1Secret secret, CancellationToken cancellation)
    {
        try
        {
            await api.DeleteAsync(ApiKinds.Secret, secret, cancellation);
        }
        catch (PlatformException)
        {
            // It stays for the end of its grant. No token that is bound to it was handed out, and why is the better thing to tell.
        }
    }

    private async Task CheckAccountAsync(ServiceAccountName account, string? nativeId, CancellationToken cancellation)
    {
        var found = await api.FindAsync(ApiKinds.ServiceAccount, account.Namespace, account.Name, cancellation)
            ?? throw new PlatformException(PlatformError.NotFound, $"There is no service account {account}.");
        if (nativeId is not null && found.Metadata.Uid != nativeId)
            throw new PlatformException(PlatformError.Rejected, $"The service account {account} is another one than the identity is bound to: it was deleted and created again.");
    }

    private async Task<(V1Secret Secret, bool IsNew)> SecretAsync(
        ServiceAccountName account, CredentialRequest request, Writer writer, CancellationToken cancellation)
    {
        var name = NameOf(request.IdentityId, request.GrantId);
        if (await api.FindAsync(ApiKinds.Secret, account.Namespace, name, cancellation) is { } there)
        {
            return Marker.IdentityOf(there) == request.IdentityId && there.Type == Type
                ? (there, IsNew: false)
                : throw new PlatformException(PlatformError.Rejected, $"There is a Secret {account.Namespace}/{name} that is not ours. Remove it.");
        }

        var metadata = new V1ObjectMeta { Name = name, NamespaceProperty = account.Namespace };
        Marker.Put(metadata, request.IdentityId, account, (Marker.Grant, request.GrantId));
        return (await writer.CreateAsync(ApiKinds.Secret, new() { Metadata = metadata, Type = Type }), IsNew: true);
    }

    private static Authenticationv1TokenRequest TokenRequest(V1Secret secret, TimeSpan lifetime) => new()
    {
        ApiVersion = "authentication.k8s.io/v1",
        Kind = "TokenRequest",
        Spec = new()
        {
            Audiences = [],
            ExpirationSeconds = (long)Math.Ceiling(lifetime.TotalSeconds),
            BoundObjectRef = new() { ApiVersion = "v1", Kind = "Secret", Name = secret.Metadata.Name, Uid = secret.Metadata.Uid },
        },
    };
}
