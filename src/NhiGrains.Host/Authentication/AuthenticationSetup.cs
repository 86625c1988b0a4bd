using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NhiGrains.GraphQL.Access;

namespace NhiGrains.Host.Authentication;

internal static class AuthenticationSetup
{
    private const int LongestToken = 16 * 1024;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    // Only asymmetric ones: with a public key to be had, a symmetric algorithm could be forged with it.
    private static readonly string[] OfIssuers =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
    ];

    /// <summary>Believes the tokens of one issuer: the authority that is configured, or else this installation itself.</summary>
    public static IServiceCollection AddNhiAuthentication(this IServiceCollection services, TokenTrust trust)
    {
        // Now, so that a key that cannot be used stops the start and not the first request.
        var parameters = Parameters(trust);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(trust);
        services.AddSingleton<BearerEvents>();
        services.AddSingleton<TokenCheck>();
        services.AddAuthorization();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.EventsType = typeof(BearerEvents);
            options.TokenHandlers.Clear();
            options.TokenHandlers.Add(new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken });
            options.TokenValidationParameters = parameters;
            if (trust.Authority is null)
                return;
            options.Authority = trust.Authority.ToString();
            options.RequireHttpsMetadata = !trust.Authority.IsLoopback;
        });
        return services;
    }

    /// <summary>
    /// Authenticates, and answers a request with a bad token at once: going on as anonymous would tell its owner
    /// only that something is missing.
    /// </summary>
    public static IApplicationBuilder UseNhiAuthentication(this IApplicationBuilder app) => app
        .UseAuthentication()
        .Use(async (context, next) =>
        {
            if ((await context.AuthenticateAsync()).Failure is null)
                await next(context);
            else
                await context.ChallengeAsync();
        })
        .UseAuthorization();

    private static TokenValidationParameters Parameters(TokenTrust trust)
    {
        var parameters = new TokenValidationParameters
        {
            ValidAudience = trust.Audience,
            ValidAlgorithms = trust.Authority is null ? [SecurityAlgorithms.EcdsaSha256] : OfIssuers,
            ClockSkew = ClockSkew,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            RequireAudience = true,
            ValidateIssuerSigningKey = true,
            NameClaimType = NhiClaims.Subject,
        };
        if (trust.Authority is null)
        {
            parameters.ValidIssuer = TokenIssuer.Name;
            parameters.IssuerSigningKey = SigningKeyFile.LoadOrCreate(trust.KeyFile);
        }

        return parameters;
    }
}
