using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using NhiGrains.Domain;

namespace NhiGrains.Host.Authentication;

/// <summary>
/// Checks a token that did not come in a header, as the one in <c>connection_init</c> of a WebSocket, by the very options
/// that the bearer handler uses.
/// </summary>
internal sealed class TokenCheck(IOptionsMonitor<JwtBearerOptions> options, TokenTrust trust, ILogger<TokenCheck> logger)
{
    public async Task<Result<ClaimsPrincipal>> CheckAsync(string token)
    {
        var bearer = options.Get(JwtBearerDefaults.AuthenticationScheme);
        var parameters = bearer.TokenValidationParameters.Clone();
        if (bearer.ConfigurationManager is BaseConfigurationManager keys)
            parameters.ConfigurationManager = keys;
        var result = await bearer.TokenHandlers.Single().ValidateTokenAsync(token, parameters);
        return result.IsValid ? Principals.From(result.ClaimsIdentity, trust) : await WhyAsync(result.Exception);
    }

    /// <summary>
    /// Why a token was refused. When the issuer's keys are not to be had, every token looks as if somebody else had signed
    /// it, which would send its owner looking in the wrong place.
    /// </summary>
    public async Task<Refusal> WhyAsync(Exception? fault)
    {
        var refusal = TokenRefusals.For(fault);
        if (fault is TokenRefusedException || options.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager is not { } keys)
            return refusal;
        try
        {
            await keys.GetConfigurationAsync(CancellationToken.None);
            return refusal;
        }
        catch (Exception unavailable) when (unavailable is InvalidOperationException or IOException or HttpRequestException)
        {
            logger.LogWarning("A token could not be checked: {Authority} does not answer ({Fault})", trust.Authority, unavailable.Message);
            return TokenRefusals.Unchecked;
        }
    }
}
