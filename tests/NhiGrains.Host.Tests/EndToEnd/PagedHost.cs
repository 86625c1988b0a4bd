using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NhiGrains.Host.Tests.Notifications;
using NhiGrains.Host.Tests.Stories;
using NhiGrains.Sandbox;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>The real program, a cluster of the sandbox's that it controls, and a pager that is told what is loud.</summary>
internal sealed class PagedHost : IAsyncDisposable
{
    private readonly SandboxServer _sandbox = new();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    private PagedHost(string folder)
    {
        Folder = folder;
        File.WriteAllText(SecretFile, $"whsec_{Convert.ToBase64String(_secret)}\n");
        Pager = new(SecretFile);
    }

    public string Folder { get; }

    public Receiver Pager { get; }

    public SandboxCluster Cluster { get; private set; } = null!; // Both are set before anybody gets this.

    public HostProcess Host { get; private set; } = null!;

    private string SecretFile => Path.Combine(Folder, "pager.secret");

    /// <summary>The program is ready; nobody answers at the pager yet.</summary>
    public static async Task<PagedHost> StartAsync(string policy)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var paged = new PagedHost(Directory.CreateTempSubdirectory("nhigrains-paged-").FullName);
        paged.Cluster = await SandboxCluster.StartAsync(paged._sandbox, paged.Folder);
        await paged.Cluster.Admin.CreateNamespaceAsync("shop");
        var (policyFile, config) = (Path.Combine(paged.Folder, "policy.yaml"), Path.Combine(paged.Folder, "settings.json"));
        await File.WriteAllTextAsync(policyFile, policy, cancellation);
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { notifications = new { pager = new { url = paged.Pager.Url, secretFile = paged.SecretFile } } }), cancellation);
        paged.Host = new(new HostPlace(Path.Combine(paged.Folder, "data"), paged.Cluster.Kubeconfig, policyFile) { Config = config });
        await paged.Host.StartAsync(cancellation);
        return paged;
    }

    public async Task<Portal> PortalAsync(string person, string role) => new(Host.Url, await Host.TokenAsync("--role", role, "--subject", person));

    /// <summary>By the specification of Standard Webhooks, and without the code that signs.</summary>
    public bool IsSigned((string Id, string Timestamp, string Signature, string Body) message) =>
        message.Signature == "v1," + Convert.ToBase64String(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{message.Id}.{message.Timestamp}.{message.Body}")));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Pager.DisposeAsync();
        Cluster.Dispose();
        await _sandbox.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
