using NhiGrains.Host.Tests.FourPlatforms;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Sandbox;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>What the stories' access is on.</summary>
internal sealed class StoryTargets : IAsyncDisposable
{
    private readonly SandboxServer _sandbox = new();
    private readonly List<IAsyncDisposable> _servers = [];
    private KubeApiServer? _cluster;
    private SandboxCluster? _sandboxCluster;
    private FakeAccount? _aws;
    private FakeProject? _gcp;
    private RealServer? _postgres;

    public KubeApiServer Cluster => _cluster ?? throw NotStarted;

    public SandboxCluster SandboxCluster => _sandboxCluster ?? throw NotStarted;

    public FakeAccount Aws => _aws ?? throw NotStarted;

    public FakeProject Gcp => _gcp ?? throw NotStarted;

    public RealServer Postgres => _postgres ?? throw NotStarted;

    private static InvalidOperationException NotStarted => new("It was not started.");

    public async Task StartAsync(string folder)
    {
        var cluster = KubeApiServer.StartAsync(TestContext.Current.CancellationToken);
        var postgres = RealServer.StartAsync();
        _servers.Add(_cluster = await cluster);
        _servers.Add(_postgres = await postgres);
        _aws = await FakeAccount.StartAsync(_sandbox);
        _gcp = await FakeProject.StartAsync(_sandbox);
        _sandboxCluster = await SandboxCluster.StartAsync(_sandbox, folder);
    }

    public async ValueTask DisposeAsync()
    {
        _aws?.Dispose();
        _gcp?.Dispose();
        _sandboxCluster?.Dispose();
        await _sandbox.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }
}
