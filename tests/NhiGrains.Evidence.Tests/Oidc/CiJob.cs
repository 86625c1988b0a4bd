using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Oidc;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Oidc;

/// <summary>A CI system on loopback whose jobs have tokens, and a server that trusts it.</summary>
internal sealed class CiJob : IAsyncDisposable
{
    public const string Audience = "nhigrains";

    private CiJob(FakeIssuer issuer, TokenKey key, Func<OidcTrust, OidcTrust>? change)
    {
        (Issuer, Key) = (issuer, key);
        var trust = new OidcTrust { Name = "ci", Issuer = issuer.Url, Audiences = [Audience] };
        Trust = change?.Invoke(trust) ?? trust;
        Verifying = new(Time, Trust);
    }

    public FakeIssuer Issuer { get; }

    public TokenKey Key { get; }

    public OidcTrust Trust { get; }

    public TestTime Time { get; } = new();

    public Verifying Verifying { get; }

    public long Now => Time.Now.ToUnixTimeSeconds();

    public static async Task<CiJob> StartAsync(TokenKey? key = null, Func<OidcTrust, OidcTrust>? change = null)
    {
        key ??= TokenKey.Ecdsa();
        return new(await FakeIssuer.StartAsync(key.Published()), key, change);
    }

    /// <summary>What a good token says.</summary>
    public Dictionary<string, object> Claims() => new(StringComparer.Ordinal)
    {
        ["iss"] = Issuer.Url,
        ["sub"] = "repo:shop/app:environment:staging",
        ["aud"] = Audience,
        ["iat"] = Now,
        ["nbf"] = Now,
        ["exp"] = Now + 300,
        ["repository"] = "shop/app",
        ["ref"] = "refs/heads/main",
        ["environment"] = "staging",
        ["run_attempt"] = 2,
        ["ref_protected"] = true,
    };

    public string Token(Action<Dictionary<string, object>>? change = null, TokenKey? signer = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return (signer ?? Key).Sign(claims);
    }

    public Task<string> CodeAsync(string token) => Verifying.CodeAsync(EvidenceKind.OidcToken, token);

    public async ValueTask DisposeAsync()
    {
        Verifying.Dispose();
        await Issuer.DisposeAsync();
    }
}
