using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Tests.Authentication;

/// <summary>An OpenID Connect issuer on loopback, with its own names for the claims.</summary>
public sealed class ExternalIssuerTests : IAsyncLifetime
{
    private readonly ECDsaSecurityKey _key = Forge.AnotherKey("issuer-key");
    private WebApplication? _issuer;

    private WebApplication Issuer => _issuer ?? throw new InvalidOperationException("Not started.");

    private TokenTrust Trust => new()
    {
        Authority = new(Issuer.Urls.Single()),
        Audience = "access-control",
        RolesClaim = "groups",
        IdentityClaim = "workload",
        KeyFile = "/nowhere/never-used.pem",
    };

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _issuer = builder.Build();
        _issuer.MapGet("/.well-known/openid-configuration", (HttpRequest request) => Results.Json(new
        {
            issuer = $"http://{request.Host}",
            jwks_uri = $"http://{request.Host}/keys",
        }));
        var point = _key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        _issuer.MapGet("/keys", () => Results.Json(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", kid = _key.KeyId, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) } },
        }));
        await _issuer.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync() => await Issuer.DisposeAsync();

    [Fact]
    public async Task Its_tokens_are_believed_with_its_names_for_the_claims()
    {
        await using var server = await GuardedServer.StartAsync(Trust);
        Assert.Equal(
            """{"IsAuthenticated":true,"Name":"ada","Roles":["auditor"],"Identity":"billing"}""",
            await server.SeenAsync("/auditor", Token()));
        Assert.Equal("ada", (await server.Check.CheckAsync(Token())).Value.Identity?.Name);
    }

    [Fact]
    public async Task Local_tokens_are_not_believed_beside_it()
    {
        await using var server = await GuardedServer.StartAsync(Trust);
        var local = new Forge(Forge.AnotherKey("local")).Token(t => t.Audience = "access-control");
        using var answer = await server.GetAsync("/anybody", local);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_makes_nobody_anonymous()
    {
        var token = Token();
        var trust = Trust;
        await Issuer.StopAsync(TestContext.Current.CancellationToken);
        await using var server = await GuardedServer.StartAsync(trust);
        using var answer = await server.GetAsync("/anybody", token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("cannot be checked at the moment", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("TOKEN_UNCHECKED", (await server.Check.CheckAsync(token)).Refusal?.Code);
    }

    private string Token() => new Forge(_key).Token(t =>
    {
        t.Issuer = Issuer.Urls.Single();
        t.Audience = "access-control";
        t.Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "ada", ["groups"] = "auditor", ["workload"] = "billing" };
    });
}
