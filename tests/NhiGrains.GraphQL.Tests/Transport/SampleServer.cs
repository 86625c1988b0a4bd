using System.Security.Claims;
using System.Text.Encodings.Web;
using GraphQL;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NhiGrains.GraphQL.Transport;
using NhiGrains.GraphQL.Transport.Sockets;

namespace NhiGrains.GraphQL.Tests.Transport;

/// <summary>The transport with the sample schema, on a real Kestrel.</summary>
internal sealed class SampleServer : IAsyncDisposable
{
    public const string Token = "token-of-ann";

    private readonly WebApplication _app;

    private SampleServer(WebApplication app, RecordingLogger log, FakeTimeProvider time)
    {
        Time = time;
        _app = app;
        Log = log;
        Url = new Uri(app.Urls.Single() + "/graphql");
        Http = new HttpClient();
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    public Uri Url { get; }

    /// <summary>Authenticated, unless a test takes the header away.</summary>
    public HttpClient Http { get; }

    public RecordingLogger Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The endpoint's clock, for its own time limits.</summary>
    public FakeTimeProvider Time { get; }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public static async Task<SampleServer> StartAsync(
        Action<GraphQLTransportOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var log = new RecordingLogger();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddAuthentication("Sample").AddScheme<AuthenticationSchemeOptions, SampleAuthentication>("Sample", null);
        builder.Services.AddGraphQL(graphql => graphql.AddAutoSchema<SampleQuery>(schema => schema.WithMutation<SampleMutation>().WithSubscription<SampleSubscription>()));
        builder.Services.AddSingleton<ISocketAuthenticator, SampleSocketAuthenticator>();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddNhiGraphQLTransport(configure);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseAuthentication();
        app.MapNhiGraphQL();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, log, time);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        foreach (var line in Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)))
            TestContext.Current.TestOutputHelper?.WriteLine(line);
    }

    /// <summary>A token that is valid for the given time from now on.</summary>
    public string TokenFor(TimeSpan lifetime) => $"{Token}-until-{(Time.GetUtcNow() + lifetime).ToUnixTimeSeconds()}";

    private static ClaimsPrincipal? CallerOf(string token)
    {
        var parts = token.Split("-until-");
        if (parts[0] != Token)
            return null;
        IEnumerable<Claim> claims = [new(ClaimTypes.Name, "ann"), .. parts.Skip(1).Select(until => new Claim("exp", until))];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "Sample"));
    }

    private sealed class SampleSocketAuthenticator : ISocketAuthenticator
    {
        public Task<ClaimsPrincipal?> AuthenticateAsync(string token, CancellationToken cancellation) => Task.FromResult(CallerOf(token));
    }

    private sealed class SampleAuthentication(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var header = Request.Headers.Authorization.ToString();
            return Task.FromResult(header.StartsWith("Bearer ", StringComparison.Ordinal) && CallerOf(header["Bearer ".Length..]) is { } ann
                ? AuthenticateResult.Success(new(ann, Scheme.Name))
                : AuthenticateResult.NoResult());
        }
    }
}
