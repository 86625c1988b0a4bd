using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.CommandLine;

namespace NhiGrains.Host.Authentication;

/// <param name="Identity">For an identity's own token: its id. Such a token has no roles.</param>
internal sealed record TokenOrder(string Subject, IReadOnlyList<string> Roles, string? Identity, TimeSpan Lifetime)
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(12);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);
}

/// <summary>Issues tokens with the local key.</summary>
internal sealed class TokenIssuer(ECDsaSecurityKey key, TokenTrust trust, TimeProvider time)
{
    /// <summary>What local tokens say who issued them.</summary>
    public const string Name = "nhigrains";

    private const int LongestSubject = 128;

    public Result<string> Issue(TokenOrder order)
    {
        if (Check(order) is { } refusal)
            return refusal;
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [NhiClaims.Subject] = order.Subject,
            [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7().ToString("N"),
        };
        if (order.Roles.Count > 0)
            claims[trust.RolesClaim] = order.Roles.Distinct(StringComparer.Ordinal).ToArray();
        if (order.Identity is not null)
            claims[trust.IdentityClaim] = order.Identity;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = trust.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + order.Lifetime,
            Claims = claims,
            SigningCredentials = new(key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    private static Refusal? Check(TokenOrder order)
    {
        if (order.Lifetime < TimeSpan.FromSeconds(1) || order.Lifetime > TokenOrder.LongestLifetime)
            return new("INVALID_LIFETIME", $"A token lives from one second to {TokenOrder.LongestLifetime.TotalDays:0} days.", "Choose another lifetime.", "lifetime");
        if (order.Subject.Length is 0 or > LongestSubject || order.Subject.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return new("INVALID_SUBJECT", $"A subject is 1 to {LongestSubject} characters without white space.", "Name the person or program.", "subject");
        if (order.Roles.FirstOrDefault(role => !RoleNames.All.Contains(role, StringComparer.Ordinal)) is { } unknown)
            return new("UNKNOWN_ROLE", $"'{unknown}' is no role{Spelling.Hint(unknown, RoleNames.All)}", "Name roles that exist.", "role");
        if (order.Identity is not null)
            return Names.CheckIdentityId(order.Identity) ?? (order.Roles.Count == 0 ? null
                : new("IDENTITY_HAS_NO_ROLES", "An identity's own token has no roles: it asks for itself and nothing else.", "Leave the roles out.", "role"));
        return order.Roles.Count > 0 ? null : new("ROLE_REQUIRED", "A token without a role and without an identity is good for nothing.", $"Name a role: {string.Join(", ", RoleNames.All)}.", "role");
    }
}
