using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Sandbox;

namespace NhiGrains.Bench;

/// <summary>
/// One platform of the sandbox to be stormed, with bystanders on it. Grants are on a resource of their own each, so that the
/// authorizer can be asked about each.
/// </summary>
internal abstract class StormPlatform : IAsyncDisposable
{
    /// <summary>
    /// Two silos that may call as fast as they want: it is the faults that are measured, not the budget's pace.
    /// </summary>
    protected static readonly CallBudgetOptions Unhurried = new() { CallsPerSecond = 1_000, Burst = 1_000 };

    private readonly List<ServiceProvider> _services = [];
    private HttpClient? _http;
    private WriteCounter? _writes;

    public SandboxServer Server { get; } = new(seed: 7);

    public abstract string Name { get; }

    public WriteCounter Writes => _writes ?? throw new InvalidOperationException("Not started.");

    private HttpClient Http => _http ?? throw new InvalidOperationException("Not started.");

    /// <summary>As fast as a connector calls by default, in place of <see cref="Unhurried"/>.</summary>
    public bool UsualBudget { get; init; }

    public static StormPlatform Of(string kind, string folder, bool usualBudget) => kind switch
    {
        "aws" => new StormAccount { UsualBudget = usualBudget },
        "gcp" => new StormProject { UsualBudget = usualBudget },
        "k8s" => new StormCluster(folder) { UsualBudget = usualBudget },
        _ => throw new ArgumentException($"There is no '{kind}': aws, gcp or k8s.", nameof(kind)),
    };

    /// <summary>Starts it, and puts there what others have.</summary>
    public abstract Task StartAsync();

    public abstract string PrincipalOf(string identity);

    public abstract Entitlement Entitlement(string resource);

    /// <summary>Asks the platform's authorizer, past the connector.</summary>
    public abstract Task<bool> AllowsAsync(string identity, string resource);

    /// <summary>A connector of its own, as a silo has it.</summary>
    public IPlatformConnector Connect()
    {
        var services = new ServiceCollection().AddLogging(logging => logging.ClearProviders());
        Add(services);
        var provider = services.BuildServiceProvider();
        _services.Add(provider);
        return provider.GetRequiredService<IPlatformConnector>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in _services)
            await provider.DisposeAsync();
        _http?.Dispose();
        await Server.DisposeAsync();
    }

    protected abstract void Add(IServiceCollection services);

    protected async Task<Uri> ListenAsync(ISandboxPlatform platform, Func<string, string, string, bool> isRead, string? token = null)
    {
        _writes = new(platform, isRead);
        var address = await Server.AddAsync(_writes);
        _http = new() { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return address;
    }

    protected async Task<JsonNode> SendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode && JsonNode.Parse(text) is { } json ? json : throw new InvalidOperationException($"{path}: {answer.StatusCode} {text}");
    }

    protected Entitlement Reading(string type, string container, string name) =>
        new(Name, [Verb.Read], [new(type, container, ResourceMatch.Exact, name)], Conditions.None);
}
