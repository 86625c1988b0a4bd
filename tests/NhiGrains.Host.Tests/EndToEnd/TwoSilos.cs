using System.Text.Json;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Redis;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>
/// Two real programs on one real Redis. Each reaches the cluster through a proxy of its own, which knows who wrote what.
/// </summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private static readonly string[] Kinds =
    [
        "/apis/rbac.authorization.k8s.io/v1/roles", "/apis/rbac.authorization.k8s.io/v1/rolebindings",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        "/api/v1/serviceaccounts", "/api/v1/secrets",
    ];

    private readonly RedisServer _redis;

    private TwoSilos(RedisServer redis, Stage stage, (FaultProxy, HostProcess) one, (FaultProxy, HostProcess) other)
    {
        (_redis, Stage) = (redis, stage);
        ((FirstProxy, First), (SecondProxy, Second)) = (one, other);
    }

    public Stage Stage { get; }

    public HostProcess First { get; }

    public FaultProxy FirstProxy { get; }

    public HostProcess Second { get; }

    public FaultProxy SecondProxy { get; }

    /// <summary>The first is ready, and alone.</summary>
    public static async Task<TwoSilos> StartAsync()
    {
        var redis = await RedisServer.StartAsync();
        var stage = await Stage.EmptyAsync();
        var silos = new TwoSilos(redis, stage, await AddAsync(redis, stage, "first"), await AddAsync(redis, stage, "second"));
        await silos.First.StartAsync(TestContext.Current.CancellationToken);
        return silos;
    }

    /// <summary>Requests that change something on the platform; questions to its authorizer are POSTs and change nothing.</summary>
    public static IReadOnlyList<PassedRequest> WritesBy(FaultProxy proxy) =>
        [.. proxy.Passed.Where(passed => !passed.Reads && !passed.Target.Contains("/subjectaccessreviews", StringComparison.Ordinal))];

    /// <summary>Every object that carries our label, with the version that its last change gave it.</summary>
    public async Task<IReadOnlyList<string>> OursAsync()
    {
        var found = new List<string>();
        foreach (var kind in Kinds)
        {
            var text = await Stage.Admin.GetStringAsync(new Uri($"{kind}?labelSelector=app.kubernetes.io/managed-by=nhigrains", UriKind.Relative), TestContext.Current.CancellationToken);
            found.AddRange(JsonSerializer.Deserialize<JsonElement>(text).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("metadata"))
                .Select(meta => $"{kind} {meta.GetProperty("name")} {meta.GetProperty("uid")} at {meta.GetProperty("resourceVersion")}"));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await Stage.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static async Task<(FaultProxy, HostProcess)> AddAsync(RedisServer redis, Stage stage, string name)
    {
        var proxy = await stage.AddProxyAsync();
        var host = stage.AddHost(name, proxy, place => place with
        {
            Store = redis.Url,
            Silo = $"127.0.0.1:{LoopbackPorts.Free(1)[0]}",
            KeyFile = Path.Combine(stage.Folder, "signing-key.pem"),
        });
        return (proxy, host);
    }
}
