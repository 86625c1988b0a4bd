using System.Net;
using System.Text;
using k8s;
using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Api;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

public sealed class ReadRetryTests : IDisposable
{
    private const string Namespace = """{"kind":"Namespace","metadata":{"name":"shop","uid":"1","resourceVersion":"1"}}""";
    private const string Namespaces = """{"kind":"NamespaceList","metadata":{"resourceVersion":"1"},"items":[]}""";
    private const string Review = """{"spec":{},"status":{"allowed":true}}""";

    private readonly Failing _server = new();
    private readonly KubernetesApi _api;

    public ReadRetryTests() => _api = new(new ApiTransport(new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" }, _server), TimeSpan.FromSeconds(10)), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    public async Task Reads_that_fail_now_and_then_are_sent_again(int code)
    {
        _server.Answers(code, times: 2, then: Namespace);
        Assert.NotNull(await _api.FindAsync(ApiKinds.Namespace, null, "shop", Cancellation));
        _server.Answers(code, times: 2, then: Namespaces);
        Assert.Empty((await _api.ListAsync(ApiKinds.Namespace, Cancellation)).Items);
        _server.Answers(code, times: 2, then: Review);
        Assert.True((await _api.AskAsync("apis/authorization.k8s.io/v1/subjectaccessreviews", new V1SubjectAccessReview { Spec = new() }, "review access", Cancellation)).Status.Allowed);
    }

    [Fact]
    public async Task A_read_that_fails_again_and_again_is_told()
    {
        _server.Answers(503, times: 100, then: Namespace);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => _api.FindAsync(ApiKinds.Namespace, null, "shop", Cancellation));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
        Assert.Equal(5, _server.Asked);
    }

    [Fact]
    public async Task A_server_that_wants_to_be_left_alone_for_long_is_left_alone()
    {
        _server.Answers(429, times: 100, then: Namespace, retryAfter: TimeSpan.FromSeconds(30));

        var failure = await Assert.ThrowsAsync<PlatformException>(() => _api.FindAsync(ApiKinds.Namespace, null, "shop", Cancellation));

        Assert.Equal((PlatformError.Throttled, TimeSpan.FromSeconds(30)), (failure.Error, failure.RetryAfter));
        Assert.Equal(1, _server.Asked);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_write_is_never_sent_again(int code)
    {
        _server.Answers(code, times: 2, then: Namespace);

        await Assert.ThrowsAsync<PlatformException>(() => _api.CreateAsync(ApiKinds.Namespace, new() { Metadata = new() { Name = "shop" } }, Cancellation));

        Assert.Equal(1, _server.Asked);
    }

    public void Dispose()
    {
        _api.Dispose();
        _server.Dispose();
    }

    private sealed class Failing : DelegatingHandler
    {
        private Func<HttpResponseMessage> _answer = () => new(HttpStatusCode.NotFound);

        public int Asked { get; private set; }

        public void Answers(int code, int times, string then, TimeSpan? retryAfter = null)
        {
            Asked = 0;
            _answer = () =>
            {
                var fails = Asked <= times;
                var answer = new HttpResponseMessage(fails ? (HttpStatusCode)code : HttpStatusCode.OK) { Content = new StringContent(fails ? "" : then, Encoding.UTF8, "application/json") };
                answer.Headers.RetryAfter = retryAfter is { } after ? new(after) : null;
                return answer;
            };
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(_answer());
        }
    }
}
