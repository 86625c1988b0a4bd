using NhiGrains.GraphQL.Access;

namespace NhiGrains.Host.Authentication;

/// <summary>Whose tokens are believed, and what is read from them.</summary>
internal sealed record TokenTrust
{
    /// <summary>The URL of an OpenID Connect issuer. Default: none, and tokens are issued locally with <see cref="KeyFile"/>.</summary>
    public Uri? Authority { get; init; }

    /// <summary>Tokens for another audience are refused. Default: <c>nhigrains</c>.</summary>
    public string Audience { get; init; } = "nhigrains";

    /// <summary>The claim that holds the roles, one text or a list. Default: <c>roles</c>.</summary>
    public string RolesClaim { get; init; } = "roles";

    /// <summary>The claim that says which identity asks for itself. Default: <c>nhi_identity</c>.</summary>
    public string IdentityClaim { get; init; } = NhiClaims.Identity;

    /// <summary>The local signing key, made when it is missing. Not used with an authority.</summary>
    public required string KeyFile { get; init; }
}
