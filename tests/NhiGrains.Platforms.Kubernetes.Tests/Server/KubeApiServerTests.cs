using System.Net;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Platforms.Kubernetes.Tests.Server;

public class KubeApiServerTests
{
    [Fact]
    public async Task Its_data_outlives_a_restart()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await KubeApiServer.StartAsync(cancellation);
        using var client = server.ClientWith(server.AdminToken);
        using var body = new StringContent("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}""", null, "application/json");
        using var created = await client.PostAsync(new Uri("/api/v1/namespaces", UriKind.Relative), body, cancellation);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        await server.RestartAsync(cancellation);

        using var again = server.ClientWith(server.AdminToken);
        using var read = await again.GetAsync(new Uri("/api/v1/namespaces/shop", UriKind.Relative), cancellation);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }
}
