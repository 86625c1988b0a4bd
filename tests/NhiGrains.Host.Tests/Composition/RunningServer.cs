using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Authentication;
using NhiGrains.Host.Composition;
using NhiGrains.Host.Settings;
using NhiGrains.Platforms.TestKit.Waiting;
using NhiGrains.Storage;

namespace NhiGrains.Host.Tests.Composition;

/// <summary>The whole server in this process, on the embedded store in a folder of its own, and on a free port.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly NhiStore _store;
    private readonly WebApplication _app;
    private readonly TokenIssuer _tokens;
    private readonly HttpClient _http;

    private RunningServer(NhiStore store, WebApplication app, HostSettings settings)
    {
        (_store, _app) = (store, app);
        _tokens = new(SigningKeyFile.LoadOrCreate(settings.Tokens.KeyFile), settings.Tokens, TimeProvider.System);
        _http = new HttpClient { BaseAddress = new(Url) };
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>Where it listens without TLS.</summary>
    public string Url => _app.Urls.Single(url => url.StartsWith("http:", StringComparison.Ordinal));

    /// <summary>Where it listens with TLS, if it was told to.</summary>
    public string SecureUrl => _app.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="folder">The data folder; a second server on the same one goes on where the first one stopped.</param>
    public static Task<RunningServer> StartAsync(string folder, params (string Key, string Value)[] more) => StartAsync(folder, log: null, more);

    /// <param name="log">Where everything is logged to; the console stays silent.</param>
    public static async Task<RunningServer> StartAsync(string folder, ILoggerProvider? log, params (string Key, string Value)[] more)
    {
        var given = more.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.OrdinalIgnoreCase);
        given[SettingKeys.Data] = folder;
        given.TryAdd(SettingKeys.Urls, "http://127.0.0.1:0");
        given["logging:Console:logLevel:Default"] = "None";
        var configuration = SettingsSources.Gather(file: null, given);
        var settings = SettingsReader.Read(configuration);
        var store = await NhiStore.OpenAsync(
            new NhiStoreOptions { DataFolder = folder, Salvage = settings.Salvage }, NullLoggerFactory.Instance, cancellation: Cancellation);
        var app = await BuildAsync(settings, configuration, store);
        if (log is not null)
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await app.StartAsync(Cancellation);
        return new(store, app, settings);
    }

    private static async Task<WebApplication> BuildAsync(HostSettings settings, IConfiguration configuration, NhiStore store)
    {
        try
        {
            return Server.Build(settings, configuration, store);
        }
        catch (SetupException)
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public string Token(string role) => _tokens.Issue(new("tester", [role], Identity: null, TimeSpan.FromMinutes(10))).Value;

    /// <summary>The token of somebody in particular.</summary>
    public string TokenOf(TokenOrder order) => _tokens.Issue(order).Value;

    public Task<HttpResponseMessage> GetAsync(string path, string? role = null) => SendAsync(new(HttpMethod.Get, new Uri(path, UriKind.Relative)), role);

    /// <summary>The data of an answer without errors.</summary>
    public async Task<JsonElement> QueryAsync(string query, string role = RoleNames.Admin)
    {
        var body = await AnswerAsync(query, role);
        Assert.False(body.TryGetProperty("errors", out var errors), errors.ToString());
        return body.GetProperty("data");
    }

    /// <summary>The whole answer, with its errors.</summary>
    public async Task<JsonElement> AnswerAsync(string query, string role = RoleNames.Admin)
    {
        using var answer = await SendAsync(new(HttpMethod.Post, new Uri("/graphql", UriKind.Relative)) { Content = JsonContent.Create(new { query }) }, role);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    public Task EventuallyAsync(Func<Task<bool>> condition, string otherwise) => Eventually.TrueAsync(condition, Soon, () => otherwise, Cancellation);

    public Task ReadyAsync() => EventuallyAsync(
        async () =>
        {
            using var answer = await GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        },
        "The server is not ready.");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? role)
    {
        if (role is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(role));
        return _http.SendAsync(request, Cancellation);
    }
}
