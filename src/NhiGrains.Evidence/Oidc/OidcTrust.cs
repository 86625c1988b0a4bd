using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Keys;

namespace NhiGrains.Evidence.Oidc;

/// <summary>An OpenID Connect issuer whose tokens say what its jobs are: a CI system, for example.</summary>
public sealed record OidcTrust : BearerTrust
{
    public override EvidenceKind Kind => EvidenceKind.OidcToken;

    /// <summary>Exactly what its tokens have as <c>iss</c>: an https URL, or http on loopback.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where its keys are (a JSON Web Key Set). Default: where its discovery document says.</summary>
    public Uri? KeysAddress { get; init; }

    /// <summary>PEM file of the authorities that its server's certificate may be of. Default: those of the operating system.</summary>
    public string? CaFile { get; init; }

    public KeyCacheOptions KeyCache { get; init; } = new();

    /// <summary>The claims that are kept; <c>sub</c> is always known as the subject. Default: all that fit.</summary>
    public IReadOnlyList<string>? Claims { get; init; }

    internal override IEnumerable<string> Problems()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || !KeyCaches.IsSafe(issuer) || issuer.Query.Length > 0)
            yield return "'issuer' is an https URL (http on loopback) without a query";
        if (KeysAddress is not null && !KeyCaches.IsSafe(KeysAddress))
            yield return "'keys' is an https URL (http on loopback)";
        foreach (var problem in base.Problems().Concat(KeyCache.Problems()))
            yield return problem;
    }

    internal override Func<IServiceProvider, IEvidenceVerifier> Prepare()
    {
        var server = new KeyServer(Name, CaFile);
        return services => new OidcVerifier(this, KeyCaches.Over(server, new Discovery(this, server).FetchAsync, Name, KeyCache, services), services.GetRequiredService<TimeProvider>());
    }
}
