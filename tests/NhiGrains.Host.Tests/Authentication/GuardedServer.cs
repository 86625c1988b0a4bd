using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Tests.Authentication;

/// <summary>A real server with the product's authentication, and two endpoints that tell who they see.</summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private GuardedServer(WebApplication app) => (_app, _http) = (app, new HttpClient { BaseAddress = new(app.Urls.Single()) });

    public TokenCheck Check => _app.Services.GetRequiredService<TokenCheck>();

    public static async Task<GuardedServer> StartAsync(TokenTrust trust)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddNhiAuthentication(trust);
        var app = builder.Build();
        app.UseNhiAuthentication();
        app.MapGet("/anybody", Tell);
        app.MapGet("/auditor", Tell).RequireAuthorization(policy => policy.RequireRole(RoleNames.Auditor));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<string> SeenAsync(string path, string? token)
    {
        using var answer = await GetAsync(path, token);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {answer.Headers.WwwAuthenticate}");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    public static string Describe(ClaimsPrincipal user) => JsonSerializer.Serialize(new
    {
        user.Identity?.IsAuthenticated,
        user.Identity?.Name,
        Roles = user.FindAll(ClaimTypes.Role).Select(claim => claim.Value),
        Identity = user.FindFirst(NhiClaims.Identity)?.Value,
    });

    private static string Tell(HttpContext context) => Describe(context.User);
}
