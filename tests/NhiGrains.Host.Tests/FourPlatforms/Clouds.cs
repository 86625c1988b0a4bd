using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Sandbox;

namespace NhiGrains.Host.Tests.FourPlatforms;

/// <summary>A real kube-apiserver, a real PostgreSQL, and the sandbox's account and project; and the real program that controls all four.</summary>
internal sealed class Clouds : IAsyncDisposable
{
    /// <summary>The rule is written once.</summary>
    private const string Policy = """
        format: 1
        name: test
        rules:
          - name: build-agents-deploy-orders
            effect: permit
            match: { tags: { app: build-agent } }
            maxLifetime: 1h
            allowControllerEnforcedEnd: true
        """;

    private readonly SandboxServer _sandbox = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-four-").FullName;
    private KubeApiServer? _cluster;
    private FakeAccount? _aws;
    private FakeProject? _gcp;
    private RealServer? _postgres;
    private HostProcess? _host;

    private Clouds()
    {
    }

    public SandboxServer Sandbox => _sandbox;

    public FakeAccount Aws => _aws ?? throw new InvalidOperationException("Not started.");

    public FakeProject Gcp => _gcp ?? throw new InvalidOperationException("Not started.");

    public RealServer Postgres => _postgres ?? throw new InvalidOperationException("Not started.");

    public KubeApiServer Cluster => _cluster ?? throw new InvalidOperationException("Not started.");

    public HostProcess Host => _host ?? throw new InvalidOperationException("Not started.");

    public static async Task<Clouds> SetAsync()
    {
        var clouds = new Clouds();
        try
        {
            await clouds.StartAsync();
            return clouds;
        }
        catch
        {
            await clouds.DisposeAsync();
            throw;
        }
    }

    public async Task<Portal> PortalAsync() => new(Host.Url, await Host.TokenAsync("--role", "admin", "--subject", "ada"));

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _aws?.Dispose();
        _gcp?.Dispose();
        await _sandbox.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _cluster = await KubeApiServer.StartAsync(cancellation);
        _postgres = await RealServer.StartAsync();
        _aws = await FakeAccount.StartAsync(_sandbox);
        _gcp = await FakeProject.StartAsync(_sandbox);
        var (config, policy) = (Path.Combine(_folder, "settings.json"), Path.Combine(_folder, "policy.yaml"));
        await File.WriteAllTextAsync(policy, Policy, cancellation);
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new
        {
            aws = new { demo = Aws.Settings(_folder) },
            gcp = new { demo = Gcp.Settings(_folder) },
            postgres = new { demo = Postgres.Settings(_folder) },
        }), cancellation);
        _host = new(new(Path.Combine(_folder, "data"), Cluster.Kubeconfig, policy) { Config = config });
        await _host.StartAsync(cancellation);
    }
}
