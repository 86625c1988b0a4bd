using Microsoft.IdentityModel.Tokens;
using NhiGrains.Domain;

namespace NhiGrains.Host.Authentication;

/// <summary>Why a token was refused, in words that say enough to its owner and nothing of the token itself.</summary>
internal static class TokenRefusals
{
    public static Refusal NoSubject { get; } = Of("TOKEN_SUBJECT", "The token names no subject.");

    public static Refusal NoUsableIdentity { get; } = Of("TOKEN_IDENTITY", "The token names an identity by something that is no identity's id.");

    public static Refusal Unchecked { get; } = Of(
        "TOKEN_UNCHECKED", "The token cannot be checked at the moment, because its issuer's keys are not to be had.");

    public static Refusal For(Exception? fault) => fault switch
    {
        TokenRefusedException refused => refused.Refusal,
        SecurityTokenExpiredException => Of("TOKEN_EXPIRED", "The token has expired."),
        SecurityTokenNotYetValidException => Of("TOKEN_NOT_YET_VALID", "The token is not valid yet."),
        SecurityTokenNoExpirationException => Of("TOKEN_WITHOUT_END", "The token does not say when it ends."),
        SecurityTokenInvalidLifetimeException => Of("TOKEN_LIFETIME", "The token's times are wrong."),
        SecurityTokenInvalidAudienceException => Of("TOKEN_AUDIENCE", "The token is for another audience."),
        SecurityTokenInvalidIssuerException => Of("TOKEN_ISSUER", "The token is from another issuer."),
        SecurityTokenSignatureKeyNotFoundException
            or SecurityTokenInvalidSignatureException
            or SecurityTokenInvalidAlgorithmException
            or SecurityTokenInvalidSigningKeyException => Of("TOKEN_SIGNATURE", "The token is not signed with a key that is trusted here."),
        SecurityTokenException or ArgumentException => Of("TOKEN_MALFORMED", "The token is not a JSON Web Token."),
        _ => Unchecked,
    };

    private static Refusal Of(string code, string message) => new(code, message, "Get a new token for this service, and send it as 'Authorization: Bearer <token>'.");
}

/// <summary>Carries a refusal through the authentication handler, which knows only exceptions.</summary>
internal sealed class TokenRefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}
