using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Tests.Composition;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Host.Tests.FourPlatforms;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>The stories share one world, and run one after the other: each has identities of its own in it. They wait more than they work.</summary>
[CollectionDefinition(Name)]
public class StoryCollection : ICollectionFixture<StoryWorld>
{
    public const string Name = "stories";
}

/// <summary>
/// The whole server with the policies of all stories, and what it controls: a real kube-apiserver (<c>k8s:test</c>), a real PostgreSQL
/// (<c>pg:demo</c>), and the sandbox's account (<c>aws:demo</c>), project (<c>gcp:demo</c>) and cluster (<c>k8s:sandbox</c>).
/// </summary>
public sealed class StoryWorld : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-stories-").FullName;
    private readonly StoryTargets _targets = new();
    private RunningServer? _server;

    internal CiSystem Ci { get; private set; } = null!; // Set before the first story.

    internal KubeApiServer Cluster => _targets.Cluster;

    internal SandboxCluster Sandbox => _targets.SandboxCluster;

    internal FakeAccount Aws => _targets.Aws;

    internal FakeProject Gcp => _targets.Gcp;

    internal RealServer Postgres => _targets.Postgres;

    private RunningServer Server => _server ?? throw new InvalidOperationException("It was not started.");

    public async ValueTask InitializeAsync()
    {
        Ci = await CiSystem.StartAsync(_folder);
        await _targets.StartAsync(_folder);
        _server = await RunningServer.StartAsync(Path.Combine(_folder, "data"), [.. Flat(new
        {
            policy = Checkout.PathOf("tests/stories/policies"),
            clusters = new { test = Cluster.Kubeconfig, sandbox = Sandbox.Kubeconfig },
            aws = new { demo = Aws.Settings(_folder) },
            gcp = new { demo = Gcp.Settings(_folder) },
            postgres = new { demo = Postgres.Settings(_folder) },
            evidence = Ci.Settings,
        })]);
        await _server.ReadyAsync();
        // A folder is put in force when it was seen twice as it is.
        using var viewer = As("vic", RoleNames.Viewer);
        await _server.EventuallyAsync(async () => (await viewer.AskAsync("{ policySet { name } }")).GetRawText().Contains("stories", StringComparison.Ordinal), "The stories' policies are not in force.");
    }

    /// <summary>Somebody with a token of their own, and nothing but GraphQL.</summary>
    internal Portal As(string person, params string[] roles) => new(new(Server.Url), Server.TokenOf(new(person, roles, Identity: null, TimeSpan.FromMinutes(10))));

    internal Portal AsAdmin(string person = "ada") => As(person, RoleNames.Admin);

    /// <summary>An identity that asks for itself.</summary>
    internal Portal AsIdentity(string id) => new(new(Server.Url), Server.TokenOf(new($"identity:{id}", [], id, TimeSpan.FromMinutes(10))));

    /// <summary>Who is in which group is the directory's to know.</summary>
    internal async Task SetGroupAsync(string group, params string[] people)
    {
        using var admin = AsAdmin();
        await admin.DoAsync("setGroupMembers", "... on GroupSuccess { group { name } }", new { group, add = people, reason = "a story" });
    }

    /// <summary>How each story ends.</summary>
    internal Task ReplayAsync(string identity) => ReplayedAudit.CheckAsync(new(Server.Url), Server.Token(RoleNames.Auditor), identity);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _targets.DisposeAsync();
        if (Ci is not null)
            await Ci.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<(string Key, string Value)> Flat(object settings)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(settings)));
        return new ConfigurationBuilder().AddJsonStream(json).Build().AsEnumerable()
            .Where(one => one.Value is not null)
            .Select(one => (one.Key, one.Value ?? ""));
    }
}
