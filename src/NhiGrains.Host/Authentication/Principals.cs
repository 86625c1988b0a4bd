using System.Security.Claims;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;

namespace NhiGrains.Host.Authentication;

/// <summary>Makes the principal that the rest of the program sees from the claims of a token that was found valid.</summary>
internal static class Principals
{
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
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "Bearer", NhiClaims.Subject, ClaimTypes.Role));
    }
}
