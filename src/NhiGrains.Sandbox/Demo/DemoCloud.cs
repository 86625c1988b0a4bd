using System.Text.Json;
using NhiGrains.Sandbox.Aws;
using NhiGrains.Sandbox.Gcp;
using NhiGrains.Sandbox.Kubernetes;

namespace NhiGrains.Sandbox.Demo;

/// <summary>One AWS account, one Google project and one cluster, with the story of the README in them.</summary>
internal sealed class DemoCloud : IAsyncDisposable
{
    public const string Account = "111122223333";
    public const string Project = "shop-demo";

    private readonly SandboxServer _server = new();

    /// <summary>Starts all of it, and leaves in the folder how a control plane reaches it.</summary>
    /// <param name="withCluster">Without, when a real cluster is used in its place.</param>
    /// <returns>The file with the settings, for <c>--config</c>.</returns>
    public async Task<string> StartAsync(string folder, bool withCluster)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Its secrets are guarded by file modes, which Windows does not have.");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["aws"] = new { demo = await AddAccountAsync(folder) },
            ["gcp"] = new { demo = await AddProjectAsync(folder) },
        };
        if (withCluster)
            settings["clusters"] = new { demo = await AddClusterAsync(folder) };
        return Keep(folder, "settings.json", JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<object> AddAccountAsync(string folder)
    {
        var account = new AwsAccount(_server.Surroundings, Account, "aws:demo");
        account.CreateBucket("build-artifacts");
        account.CreateBucket("salaries");
        return new
        {
            account = Account,
            endpoint = await _server.AddAsync(account),
            accessKeyId = account.AdminKeyId,
            secretAccessKeyFile = Keep(folder, "aws-secret", account.AdminSecret),
        };
    }

    private async Task<object> AddProjectAsync(string folder)
    {
        var project = new GcpProject(_server.Surroundings, "gcp:demo", Project, 987654321012);
        var address = await _server.AddAsync(project);
        await DemoStory.TellAsync(address, project.AdministratorToken, DemoStory.OfProject(Project));
        return new { project = Project, endpoint = address, accessTokenFile = Keep(folder, "gcp-token", project.AdministratorToken) };
    }

    private async Task<string> AddClusterAsync(string folder)
    {
        var cluster = new KubernetesCluster(_server.Surroundings, "k8s:demo");
        var address = await _server.AddAsync(cluster);
        await DemoStory.TellAsync(address, cluster.AdministratorToken, DemoStory.OfCluster);
        // YAML has JSON in it.
        return Keep(folder, "kubeconfig", JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "demo",
            ["clusters"] = new[] { new { name = "demo", cluster = new { server = address } } },
            ["users"] = new[] { new { name = "admin", user = new { token = cluster.AdministratorToken } } },
            ["contexts"] = new[] { new { name = "demo", context = new { cluster = "demo", user = "admin" } } },
        }));
    }

    // Nobody else can look into the folder.
    private static string Keep(string folder, string name, string content)
    {
        var path = Path.Combine(Path.GetFullPath(folder), name);
        File.WriteAllText(path, content);
        return path;
    }
}
