using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Bench;

/// <summary>A platform of the sandbox.</summary>
internal abstract class StormSandbox : StormPlatform
{
    /// <summary>
    /// Two silos that may call as fast as they want: it is the faults that are measured, not the budget's pace.
    /// </summary>
    protected static readonly CallBudgetOptions Unhurried = new() { CallsPerSecond = 1_000, Burst = 1_000 };

    private static readonly FaultPlan BadDay = new(
        Throttled: 0.2, ServerError: 0.05, TimeoutAfterSuccess: 0.05, VisibleAfter: TimeSpan.FromSeconds(10), PageSize: 50);

    private HttpClient? _http;
    private WriteCounter? _counter;

    public override long Calls => Enum.GetValues<SandboxFault>().Sum(Server.Faults.Rolled);

    public override long Writes => Counter.Done;

    protected SandboxServer Server { get; } = new(seed: 7);

    private WriteCounter Counter => _counter ?? throw new InvalidOperationException("Not started.");

    private HttpClient Http => _http ?? throw new InvalidOperationException("Not started.");

    public override Task BeginBadDayAsync()
    {
        Server.Faults.Plan = BadDay;
        return Task.CompletedTask;
    }

    public override Task EndBadDayAsync()
    {
        Server.Faults.Plan = FaultPlan.None;
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<string>> TellAsync() => Task.FromResult<IReadOnlyList<string>>(
    [
        $"{Counter.Refused} writes refused by the platform itself",
        $"calls throttled {Rolled(SandboxFault.Throttled)}, failed {Rolled(SandboxFault.ServerError) + Rolled(SandboxFault.Html)}, carried out and not answered {Rolled(SandboxFault.TimeoutAfterSuccess)}",
    ]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _http?.Dispose();
        await Server.DisposeAsync();
    }

    protected async Task<Uri> ListenAsync(ISandboxPlatform platform, Func<string, string, string, bool> isRead, string? token = null)
    {
        _counter = new(platform, isRead);
        var address = await Server.AddAsync(_counter);
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

    private long Rolled(SandboxFault fault) => Server.Faults.Rolled(fault);
}
