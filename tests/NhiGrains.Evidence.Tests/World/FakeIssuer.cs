using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NhiGrains.Evidence.Tests.World;

/// <summary>What an issuer's server does when it is asked.</summary>
internal enum Answers
{
    Well,
    WithAnError,
    WithGarbage,
    WithTooMuch,
    BySendingElsewhere,
    Never,
    AsAnotherIssuer,
}

/// <summary>An OpenID Connect issuer on loopback, with discovery and keys, whose faults the tests choose.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private int _fetches;

    private FakeIssuer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public IReadOnlyList<Dictionary<string, string>> Keys { get; set; } = [];

    public Answers How { get; set; }

    /// <summary>Where it sends others, for <see cref="Answers.BySendingElsewhere"/>.</summary>
    public string Elsewhere { get; set; } = "";

    /// <summary>How often its keys were asked for.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    public static async Task<FakeIssuer> StartAsync(params Dictionary<string, string>[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var issuer = new FakeIssuer(builder.Build()) { Keys = keys };
        issuer._app.MapGet("/.well-known/openid-configuration", (HttpContext context) => issuer.AnswerAsync(context, new
        {
            issuer = issuer.How == Answers.AsAnotherIssuer ? "https://another.example" : issuer.Url,
            jwks_uri = $"{issuer.Url}/keys",
        }));
        issuer._app.MapGet("/keys", (HttpContext context) =>
        {
            Interlocked.Increment(ref issuer._fetches);
            return issuer.AnswerAsync(context, new { keys = issuer.Keys });
        });
        await issuer._app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, object well)
    {
        switch (How)
        {
            case Answers.WithAnError:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case Answers.WithGarbage:
                await context.Response.WriteAsync("<html>not what you asked for");
                break;
            case Answers.WithTooMuch:
                await context.Response.WriteAsync($$"""{"keys":[],"more":"{{new string('x', 300_000)}}"}""");
                break;
            case Answers.BySendingElsewhere:
                context.Response.Redirect($"{Elsewhere}{context.Request.Path}");
                break;
            case Answers.Never:
                await Task.Delay(Timeout.Infinite, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            default:
                await context.Response.WriteAsync(JsonSerializer.Serialize(well));
                break;
        }
    }
}
