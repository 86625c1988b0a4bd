using System.Security.Claims;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;

namespace NhiGrains.Host.Authentication;

/// <summary>Makes the principal that the rest of the program sees from the claims of a token that was found valid.</summary>
internal static class Principals
{
    // Who acts in the subject's place: of RFC 8693, and as some issuers say it.
    private static readonly string[] ActorClaims = ["act", "actort"];

    public static Result<ClaimsPrincipal> From(ClaimsIdentity token, TokenTrust trust)
    {
        if (token.FindFirst(NhiClaims.Subject)?.Value is not { } subject || string.IsNullOrWhiteSpace(subject))
            return TokenRefusals.NoSubject;
        var claims = new List<Claim> { new(NhiClaims.Subject, subject) };
        // A socket that outlives its token is closed by this.
        claims.AddRange(token.FindAll(NhiClaims.Expiry).Select(claim => new Claim(NhiClaims.Expiry, claim.Value)));
        claims.AddRange(token.FindAll(trust.RolesClaim)
            .Select(claim => claim.Value)
            .Where(role => RoleNames.All.Contains(role, StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Select(role => new Claim(ClaimTypes.Role, role)));
        var identities = token.FindAll(trust.IdentityClaim).ToArray();
        if (identities.Length > 1 || identities.Any(claim => Names.CheckIdentityId(claim.Value) is not null))
            return TokenRefusals.NoUsableIdentity;
        claims.AddRange(identities.Select(claim => new Claim(NhiClaims.Identity, claim.Value)));
        // Whatever it says: what cannot be read is no reason to take an agent for the person.
        if (token.Actor is not null || token.HasClaim(claim => ActorClaims.Contains(claim.Type, StringComparer.Ordinal)))
            claims.Add(new(NhiClaims.Delegated, "true"));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "Bearer", NhiClaims.Subject, ClaimTypes.Role));
    }
}
