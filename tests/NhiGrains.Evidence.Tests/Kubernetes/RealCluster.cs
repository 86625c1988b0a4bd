using System.Net.Http.Json;
using System.Text.Json;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Evidence.Tests.Kubernetes;

/// <summary>One kube-apiserver for all tests of a class, with the account <c>app</c> in the namespace <c>shop</c>.</summary>
public sealed class RealCluster : IAsyncLifetime
{
    private KubeApiServer? _server;

    public KubeApiServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async ValueTask InitializeAsync()
    {
        _server = await KubeApiServer.StartAsync(TestContext.Current.CancellationToken);
        await CreateAsync("api/v1/namespaces", new { metadata = new { name = "shop" } });
        await CreateAsync("api/v1/namespaces/shop/serviceaccounts", new { metadata = new { name = "app" } });
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    public async Task<JsonElement> CreateAsync(string path, object body)
    {
        using var client = Server.ClientWith(Server.AdminToken);
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
