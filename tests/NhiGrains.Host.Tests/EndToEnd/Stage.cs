using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>A real kube-apiserver, the real program, and what a stranger can ask the API server.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const string Policy = """
        format: 1
        name: test
        rules:
          - name: configmaps-for-a-while
            effect: permit
            match: { platforms: ["k8s:test"], resourcePrefix: shop/configmaps/ }
            maxLifetime: 1h
            allowControllerEnforcedEnd: true
        """;

    private readonly List<HostProcess> _hosts = [];
    private readonly List<FaultProxy> _proxies = [];

    private Stage(KubeApiServer cluster, string folder)
    {
        (Cluster, Folder) = (cluster, folder);
        Admin = cluster.ClientWith(cluster.AdminToken);
    }

    public KubeApiServer Cluster { get; }

    public string Folder { get; }

    /// <summary>The first one.</summary>
    public HostProcess Host => _hosts[0];

    public HttpClient Admin { get; private set; }

    public string DataFolder => Path.Combine(Folder, "data");

    private string PolicyFile => Path.Combine(Folder, "policy.yaml");

    /// <summary>With one host that is ready.</summary>
    public static async Task<Stage> SetAsync()
    {
        var stage = await EmptyAsync();
        await stage.AddHost("data").StartAsync(TestContext.Current.CancellationToken);
        return stage;
    }

    /// <summary>With one host that is ready, and that reaches the cluster through a proxy.</summary>
    public static async Task<(Stage Stage, FaultProxy Proxy)> SetBehindProxyAsync()
    {
        var stage = await EmptyAsync();
        var proxy = await stage.AddProxyAsync();
        await stage.AddHost("data", proxy).StartAsync(TestContext.Current.CancellationToken);
        return (stage, proxy);
    }

    /// <summary>Without a host.</summary>
    public static async Task<Stage> EmptyAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var cluster = await KubeApiServer.StartAsync(cancellation);
        var stage = new Stage(cluster, Directory.CreateTempSubdirectory("nhigrains-e2e-").FullName);
        await File.WriteAllTextAsync(stage.PolicyFile, Policy, cancellation);
        await stage.CreateAsync("/api/v1/namespaces", new { metadata = new { name = "shop" } });
        await stage.CreateAsync("/api/v1/namespaces", new { metadata = new { name = "other" } });
        await stage.CreateAsync("/api/v1/namespaces/shop/configmaps", new { metadata = new { name = "prices" }, data = new { apple = "1" } });
        return stage;
    }

    public async Task<FaultProxy> AddProxyAsync()
    {
        _proxies.Add(await Cluster.StartProxyAsync());
        return _proxies[^1];
    }

    /// <summary>A host that does not run yet.</summary>
    /// <param name="name">Of its data folder.</param>
    /// <param name="through">Between it and the cluster.</param>
    public HostProcess AddHost(string name, FaultProxy? through = null, Func<HostPlace, HostPlace>? change = null)
    {
        var kubeconfig = through is null ? Cluster.Kubeconfig : Path.Combine(Folder, $"{name}.kubeconfig");
        if (through is not null)
            File.WriteAllText(kubeconfig, Cluster.KubeconfigFor(Cluster.AdminToken, through.Address));
        var place = new HostPlace(Path.Combine(Folder, name), kubeconfig, PolicyFile);
        _hosts.Add(new(change?.Invoke(place) ?? place));
        return _hosts[^1];
    }

    public Task<Portal> PortalAsync() => PortalAsync(Host);

    public static async Task<Portal> PortalAsync(HostProcess host) => new(host.Url, await host.TokenAsync("--role", "admin", "--subject", "ada"));

    public async Task CreateAsync(string path, object body)
    {
        using var answer = await Admin.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Asks the API server's own authorizer.</summary>
    public async Task<bool> MayAsync(string account, string verb, string resource, string space)
    {
        using var answer = await Admin.PostAsJsonAsync(new Uri("/apis/authorization.k8s.io/v1/subjectaccessreviews", UriKind.Relative), new
        {
            spec = new
            {
                user = $"system:serviceaccount:shop:{account}",
                groups = new[] { "system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated" },
                resourceAttributes = new { verb, resource, @namespace = space },
            },
        }, TestContext.Current.CancellationToken);
        var review = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return review.GetProperty("status").GetProperty("allowed").GetBoolean();
    }

    public Task UntilMayNotAsync(string account, string verb, TimeSpan within) => Eventually.TrueAsync(
        async () => !await MayAsync(account, verb, "configmaps", "shop"), within, () => $"{account} may still {verb}", TestContext.Current.CancellationToken);

    /// <summary>The roles and bindings in the namespace that carry the identity's label, with the version that its last change gave it.</summary>
    public async Task<IReadOnlyList<string>> ObjectsOfAsync(string identity)
    {
        var found = new List<string>();
        foreach (var kind in (string[])["roles", "rolebindings"])
        {
            var list = await Admin.GetFromJsonAsync<JsonElement>(
                new Uri($"/apis/rbac.authorization.k8s.io/v1/namespaces/shop/{kind}?labelSelector=nhigrains.io/identity={identity}", UriKind.Relative), TestContext.Current.CancellationToken);
            found.AddRange(list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("metadata")).Select(meta => $"{kind}/{meta.GetProperty("name")} {meta.GetProperty("uid")} at {meta.GetProperty("resourceVersion")}"));
        }

        return found;
    }

    /// <summary>Reads configmaps with a token that was issued.</summary>
    public async Task<HttpStatusCode> ReadAsync(string token)
    {
        using var client = Cluster.ClientWith(token);
        using var answer = await client.GetAsync(new Uri("/api/v1/namespaces/shop/configmaps/prices", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    public async Task StopClusterAsync()
    {
        await Cluster.StopAsync();
        Admin.Dispose();
    }

    public async Task StartClusterAgainAsync()
    {
        await Cluster.StartAgainAsync(TestContext.Current.CancellationToken);
        Admin = Cluster.ClientWith(Cluster.AdminToken);
    }

    /// <summary>Exports the audit log as its user would, and has the export verified.</summary>
    public Task<(int Code, string Output)> VerifyAuditAsync() => VerifyAuditAsync(Host);

    public async Task<(int Code, string Output)> VerifyAuditAsync(HostProcess host)
    {
        var token = await host.TokenAsync("--role", "auditor", "--subject", "audit");
        var file = Path.Combine(Folder, $"audit-{Directory.GetFiles(Folder).Length}.jsonl");
        return await HostProcess.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["NHIGRAINS_TOKEN"] = token },
            "audit", "export", "--url", host.Url.ToString(), "--out", file);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        foreach (var host in _hosts)
            await host.DisposeAsync();
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        await Cluster.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
