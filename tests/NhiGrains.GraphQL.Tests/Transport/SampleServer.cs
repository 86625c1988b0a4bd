using System.Security.Claims;
using System.Text.Encodings.Web;
using GraphQL;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NhiGrains.GraphQL.Transport;

namespace NhiGrains.GraphQL.Tests.Transport;

/// <summary>The transport with the sample schema, on a real Kestrel.</summary>
internal sealed class SampleServer : IAsyncDisposable
{
    public const string Token = "token-of-ann";

    private readonly WebApplication _app;

    private SampleServer(WebApplication app, RecordingLogger log)
    {
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

    public static async Task<SampleServer> StartAsync(
        Action<GraphQLTransportOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var log = new RecordingLogger();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddAuthentication("Sample").AddScheme<AuthenticationSchemeOptions, SampleAuthentication>("Sample", null);
        builder.Services.AddGraphQL(graphql => graphql.AddAutoSchema<SampleQuery>(schema => schema.WithMutation<SampleMutation>()));
        builder.Services.AddNhiGraphQLTransport(configure);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseAuthentication();
        app.MapNhiGraphQL();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, log);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class SampleAuthentication(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers.Authorization != $"Bearer {Token}")
                return Task.FromResult(AuthenticateResult.NoResult());
            var ann = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "ann")], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new(ann, Scheme.Name)));
        }
    }
}
