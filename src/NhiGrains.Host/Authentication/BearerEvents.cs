using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Net.Http.Headers;
using NhiGrains.Domain;

namespace NhiGrains.Host.Authentication;

/// <summary>What happens around the check of a bearer token, and how 401 and 403 are answered.</summary>
internal sealed class BearerEvents(TokenTrust trust, TokenCheck check) : JwtBearerEvents
{
    private static readonly Refusal Anonymous = new(
        "UNAUTHENTICATED", "This needs a token.", "Send one as 'Authorization: Bearer <token>'.");

    private static readonly Refusal RoleMissing = new(
        "FORBIDDEN", "The token's roles do not permit this.", "Ask for a token with the role that this needs.");

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var principal = context.Principal?.Identity is System.Security.Claims.ClaimsIdentity identity
            ? Principals.From(identity, trust)
            : TokenRefusals.NoSubject;
        if (principal.Refusal is { } refusal)
            context.Fail(new TokenRefusedException(refusal));
        else
            context.Principal = principal.Value;
        return Task.CompletedTask;
    }

    public override async Task Challenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var refusal = context.AuthenticateFailure is { } fault ? await check.WhyAsync(fault) : Anonymous;
        context.Response.Headers[HeaderNames.WWWAuthenticate] = refusal == Anonymous
            ? "Bearer"
            : $"Bearer error=\"invalid_token\", error_description=\"{refusal.Message}\"";
        await AnswerAsync(context.Response, StatusCodes.Status401Unauthorized, refusal);
    }

    public override Task Forbidden(ForbiddenContext context) =>
        AnswerAsync(context.Response, StatusCodes.Status403Forbidden, RoleMissing);

    // In the form of GraphQL's errors, since that is what most callers read.
    private static Task AnswerAsync(HttpResponse response, int status, Refusal refusal)
    {
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        return response.WriteAsJsonAsync(new
        {
            errors = new[] { new { message = $"{refusal.Message} {refusal.Remedy}", extensions = new { code = refusal.Code } } },
        });
    }
}
