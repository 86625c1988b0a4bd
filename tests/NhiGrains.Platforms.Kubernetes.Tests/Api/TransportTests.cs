using System.Net;
using System.Text;
using k8s;
using NhiGrains.Platforms.Kubernetes.Api;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

public class TransportTests
{
    [Theory]
    [InlineData("http://127.0.0.1:1", "/api/v1/namespaces")]
    [InlineData("http://127.0.0.1:1/", "/api/v1/namespaces")]
    [InlineData("http://127.0.0.1:1/k8s/clusters/c-1", "/k8s/clusters/c-1/api/v1/namespaces")]
    [InlineData("http://127.0.0.1:1/k8s/clusters/c-1/", "/k8s/clusters/c-1/api/v1/namespaces")]
    public async Task The_path_of_a_server_behind_a_proxy_is_kept(string server, string asked)
    {
        using var seen = new Answering();
        using var transport = new ApiTransport(new k8s.Kubernetes(new KubernetesClientConfiguration { Host = server }, seen), TimeSpan.FromSeconds(10));

        await transport.SendAsync<ApiList<object>>(HttpMethod.Get, ApiKinds.Namespace.Path(null), null, "list", TestContext.Current.CancellationToken);

        Assert.Equal([asked], seen.Asked);
    }

    private sealed class Answering : DelegatingHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri?.AbsolutePath ?? "");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}", Encoding.UTF8, "application/json") });
        }
    }
}
