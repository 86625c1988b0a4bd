using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Platforms;
using NhiGrains.GraphQL.Policies;
using NhiGrains.GraphQL.Tests.Transport;
using NhiGrains.GraphQL.Transport;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Transport.Sockets;
using Orleans.Serialization;

namespace NhiGrains.GraphQL.Tests.World;

/// <summary>The real schema and transport on a real Kestrel, beside a real silo with the test's grains.</summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string Platform = "k8s:test";

    /// <summary>Among the roles of a token with which somebody else acts for its subject.</summary>
    public const string Delegated = "+delegated";

    private WebApplication? _app;

    public TestWorld World { get; } = new();

    internal RecordingLogger Log { get; } = new();

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => App.Services;

    public Uri Url => new(App.Urls.Single() + "/graphql");

    private WebApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(Log).AddFilter("Orleans", LogLevel.Warning);
        var (silo, gateway) = FreePorts();
        builder.UseOrleans(orleans => orleans.UseLocalhostClustering(silo, gateway));
        builder.Services.AddSerializer(serializer => serializer.AddJsonSerializer(
            type => type.Namespace?.StartsWith("NhiGrains.", StringComparison.Ordinal) == true, Canonical.Json));
        builder.Services.AddSingleton(World);
        builder.Services.AddSingleton<IPlatformNames, TestPlatformNames>();
        builder.Services.AddSingleton<IPolicyDocuments, TestPolicyDocuments>();
        builder.Services.AddSingleton<INotificationSender, TestSinks>();
        builder.Services.AddSingleton<IStoreCondition, TestStoreCondition>();
        builder.Services.AddSingleton<IPeople, TestPeople>();
        builder.Services.AddSingleton<ISocketAuthenticator, TestSocketAuthenticator>();
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestAuthentication>("Test", null);
        builder.Services.AddNhiGraphQL();
        _app = builder.Build();
        _app.UseAuthentication();
        _app.MapNhiGraphQL();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    /// <param name="token">A subject, its roles and, after a slash, the identity that it is: <c>ann:viewer,auditor</c>, <c>x:/billing</c>.</param>
    public async Task<JsonElement> AskAsync(string token, string query, object? variables = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = JsonContent.Create(new { query, variables }) };
        request.Headers.Authorization = new("Bearer", token);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>The data, when there are no errors.</summary>
    public async Task<JsonElement> DataAsync(string token, string query, object? variables = null)
    {
        var answer = await AskAsync(token, query, variables);
        Assert.False(answer.TryGetProperty("errors", out _), answer.GetRawText());
        return answer.GetProperty("data");
    }

    public async Task<string?> ErrorCodeAsync(string token, string query, object? variables = null)
    {
        var answer = await AskAsync(token, query, variables);
        Assert.True(answer.TryGetProperty("errors", out var errors), answer.GetRawText());
        return errors[0].GetProperty("extensions").GetProperty("code").GetString();
    }

    // Both are held before either is given up, so that they differ.
    private static (int, int) FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0), other = new(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }

    private static ClaimsPrincipal? CallerOf(string token)
    {
        if (token.Split(':', 2) is not [{ Length: > 0 } subject, var rest])
            return null;
        var parts = rest.Split('/');
        var roles = parts[0].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(role => new Claim(ClaimTypes.Role, role));
        var identity = parts.Skip(1).Select(id => new Claim(NhiClaims.Identity, id));
        Claim[] delegated = parts[0].Contains(Delegated, StringComparison.Ordinal) ? [new(NhiClaims.Delegated, "true")] : [];
        return new ClaimsPrincipal(new ClaimsIdentity([new("sub", Uri.UnescapeDataString(subject)), .. roles, .. identity, .. delegated], "Test"));
    }

    private sealed class TestPlatformNames : IPlatformNames
    {
        public IReadOnlyList<string> Platforms { get; } = [Platform, "k8s:other"];
    }

    private sealed class TestSinks : INotificationSender
    {
        public IReadOnlyList<string> Sinks { get; } = ["pager", "siem"];

        public Task<Delivery> SendAsync(string sink, AuditEntry entry) => throw new NotSupportedException("Nothing is sent here.");
    }

    private sealed class TestPeople(TestWorld world) : IPeople
    {
        public Task<PeopleDirectory> Current() => Task.FromResult(world.People);
    }

    // In a test a lost store is told by an exception of the base class library, which travels between grains as it is.
    private sealed class TestStoreCondition : IStoreCondition
    {
        public Refusal? ReadOnly => null;

        public Refusal? Explain(Exception exception) =>
            exception is InvalidDataException ? new("STORE_LOST", "The store has lost it.", "Restore the store.") : null;
    }

    private sealed class TestSocketAuthenticator : ISocketAuthenticator
    {
        public Task<ClaimsPrincipal?> AuthenticateAsync(string token, CancellationToken cancellation) => Task.FromResult(CallerOf(token));
    }

    private sealed class TestAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(Request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal)
                && CallerOf(header["Bearer ".Length..]) is { } caller
                    ? AuthenticateResult.Success(new(caller, Scheme.Name))
                    : AuthenticateResult.NoResult());
    }
}
