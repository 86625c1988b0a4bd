using NhiGrains.Domain;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Oidc;

/// <summary>Finds and fetches the keys of an issuer (OpenID Connect Discovery 1.0).</summary>
internal sealed class Discovery(OidcTrust trust, KeyServer server)
{
    private static readonly string?[] Uses = ["sig", null];

    public async Task<Result<KeySet>> FetchAsync(CancellationToken cancellation)
    {
        var address = trust.KeysAddress is { } configured ? configured : await FindAsync(cancellation);
        if (address.Refusal is { } lost)
            return lost;
        var keys = await server.GetAsync(address.Value, cancellation);
        return keys.Refusal is { } refusal ? refusal : KeySet.Read(keys.Value, Uses);
    }

    private async Task<Result<Uri>> FindAsync(CancellationToken cancellation)
    {
        var answer = await server.GetAsync(new($"{trust.Issuer.TrimEnd('/')}/.well-known/openid-configuration"), cancellation);
        if (answer.Refusal is { } refusal)
            return refusal;
        var document = StrictJson.Object(answer.Value);
        if (document.Refusal is { } unreadable)
            return unreadable;
        if (document.Value.Text("issuer") != trust.Issuer)
            return KeyServer.Failed("its discovery document is that of another issuer");
        // An issuer may keep its keys on another host; it says so over the connection that is trusted for it.
        return Uri.TryCreate(document.Value.Text("jwks_uri"), UriKind.Absolute, out var address) && KeyCaches.IsSafe(address) && (!address.IsLoopback || new Uri(trust.Issuer).IsLoopback)
            ? address
            : KeyServer.Failed("its discovery document names no https address of keys");
    }
}
