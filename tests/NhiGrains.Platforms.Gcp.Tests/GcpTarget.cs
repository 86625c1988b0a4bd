using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Gcp;
using NhiGrains.Sandbox.Tests.Gcp;

namespace NhiGrains.Platforms.Gcp.Tests;

/// <summary>
/// A Google project of its own on the sandbox, held to Google's discovery documents, with an account, two buckets, and one of
/// everything else.
/// </summary>
internal sealed class GcpTarget : ConnectorTarget
{
    public const string PlatformId = "gcp:shop";
    public const string Project = Hands.Project;
    public const long Number = 123456789012;
    public const string Bucket = "shop-orders";
    public const string OtherBucket = "shop-archive";
    public const string Region = "europe-west1";

    private readonly ServiceProvider _straight;
    private readonly ServiceProvider _faulty;

    private GcpTarget(SandboxServer server, GcpProject cloud, Uri address, FaultProxy proxy)
    {
        (Server, Cloud, Address, Proxy) = (server, cloud, address, proxy);
        Hands = new(address, cloud.AdministratorToken);
        (_straight, Connector) = ConnectorFor(Options(address));
        (_faulty, Faulty) = ConnectorFor(Options(proxy.Address));
    }

    public SandboxServer Server { get; }

    public GcpProject Cloud { get; }

    public Uri Address { get; }

    public Hands Hands { get; }

    public override IPlatformConnector Connector { get; }

    public override IPlatformConnector Faulty { get; }

    public override FaultProxy Proxy { get; }

    public override string IdentityId => "billing";

    public override Binding Binding { get; } = new(PlatformId, EmailOf("billing-app"));

    public string Member => $"serviceAccount:{Binding.Principal}";

    /// <summary>Google checks a list on the bucket, so it is not offered on one object.</summary>
    public override IReadOnlyList<Verb> Offered => [Verb.Read, Verb.Write, Verb.Delete];

    public override ResourceSelector AllResources => new("storage-object", Bucket, ResourceMatch.All, null);

    public override ResourceSelector Prefix => new("storage-object", Bucket, ResourceMatch.Prefix, "object-");

    public static string EmailOf(string account) => $"{account}@{Project}.iam.gserviceaccount.com";

    public static async Task<GcpTarget> MakeAsync(GcpQuotas? quotas = null)
    {
        var server = new SandboxServer(seed: 11);
        var cloud = new GcpProject(server.Surroundings, PlatformId, Project, Number, DiscoveryFolder.Documents, quotas);
        var address = await server.AddAsync(cloud);
        // The proxy owns its handler.
        var target = new GcpTarget(server, cloud, address, await FaultProxy.StartAsync(address, new SocketsHttpHandler()));
        await target.Hands.CreateAccountAsync("billing-app");
        await target.Hands.CreateBucketAsync(Bucket, [.. Enumerable.Range(1, 3).Select(number => $"object-{number}")]);
        await target.Hands.CreateBucketAsync(OtherBucket);
        return target;
    }

    public GcpPlatformOptions Options(Uri address, string? token = null) => new()
    {
        Platform = PlatformId,
        ProjectId = Project,
        ProjectNumber = Number.ToString(CultureInfo.InvariantCulture),
        RunRegions = [Region],
        Endpoint = address,
        AccessToken = token ?? Cloud.AdministratorToken,
        RequestTimeout = TimeSpan.FromSeconds(5),
        Budget = new() { CallsPerSecond = 10_000, Burst = 10_000 },
    };

    public static (ServiceProvider Services, IPlatformConnector Connector) ConnectorFor(GcpPlatformOptions options)
    {
        var services = new ServiceCollection().AddLogging().AddGcpPlatform(options).BuildServiceProvider();
        return (services, services.GetRequiredService<IPlatformConnector>());
    }

    public override ResourceSelector Resource(int number) => new("storage-object", Bucket, ResourceMatch.Exact, $"object-{number}");

    public override async Task<bool> AllowsAsync(ResourceSelector resource, Verb verb)
    {
        string[] permissions = verb switch
        {
            Verb.Read => ["storage.objects.get"],
            Verb.Write => ["storage.objects.create", "storage.objects.update"],
            Verb.Delete => ["storage.objects.delete"],
            _ => throw new ArgumentOutOfRangeException(nameof(verb)),
        };
        var answers = await Task.WhenAll(permissions.Select(permission => Hands.AllowsAsync(
            Binding.Principal, permission, $"//storage.googleapis.com/projects/_/buckets/{resource.Container}/objects/{resource.Name}", Server.Clock.GetUtcNow())));
        return answers.All(allowed => allowed);
    }

    public override async Task<CredentialAnswer> TryAsync(string credential, ResourceSelector toRead)
    {
        var (code, _) = await Hands.SendAsync("GET", $"storage/v1/b/{toRead.Container}/o/{toRead.Name}?alt=media", with: credential);
        return code switch
        {
            HttpStatusCode.OK => CredentialAnswer.Works,
            HttpStatusCode.Forbidden => CredentialAnswer.Forbidden,
            HttpStatusCode.Unauthorized => CredentialAnswer.NotAccepted,
            var other => throw new InvalidOperationException($"The sandbox answered {other}."),
        };
    }

    public override Task GiveByHandAsync(ResourceSelector resource) => Hands.BindAsync(
        $"storage/v1/b/{resource.Container}", "roles/storage.objectViewer", Member, $"resource.name == \"projects/_/buckets/{resource.Container}/objects/{resource.Name}\"");

    public override Task WidenByHandAsync() => Hands.EditAsync($"storage/v1/b/{Bucket}", bindings =>
    {
        foreach (var ours in Ours(bindings))
            ours["condition"]?.AsObject()["expression"] = "resource.name.startsWith(\"projects/_/buckets/\")";
    });

    public override Task BreakByHandAsync() => Hands.EditAsync($"storage/v1/b/{Bucket}", bindings =>
    {
        foreach (var ours in Ours(bindings))
            bindings.Remove(ours);
    });

    public override Task ForgeByHandAsync(long generation) => Hands.BindAsync(
        $"v3/projects/{Project}", "roles/pubsub.viewer", Member, "request.time < timestamp(\"2099-01-01T00:00:00Z\")",
        $"nhi:{IdentityId}:ffffffffffffffff", string.Create(CultureInfo.InvariantCulture, $"NhiGrains: generation {generation}"));

    public override async Task RecreatePrincipalAsync()
    {
        await Hands.DoAsync("DELETE", $"v1/projects/{Project}/serviceAccounts/{Binding.Principal}");
        await Hands.CreateAccountAsync("billing-app");
    }

    public override bool Writes(PassedRequest request) =>
        !request.Reads && !request.Target.Contains(":getIamPolicy", StringComparison.Ordinal) && !request.Target.Contains("troubleshoot", StringComparison.Ordinal);

    /// <summary>
    /// The policies: an answer without an etag is none. Google's lists of accounts, topics and secrets leave an empty list out, so that
    /// of theirs an empty object is an answer like any other.
    /// </summary>
    public override bool Lists(PassedRequest request) =>
        request.Target.Contains(":getIamPolicy", StringComparison.Ordinal) || request.Target.Contains("/iam?", StringComparison.Ordinal);

    public override async ValueTask DisposeAsync()
    {
        Hands.Dispose();
        await _straight.DisposeAsync();
        await _faulty.DisposeAsync();
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }

    private JsonNode[] Ours(JsonArray bindings) =>
        [.. bindings.OfType<JsonNode>().Where(binding => binding["condition"]?["title"]?.GetValue<string>().StartsWith($"nhi:{IdentityId}:", StringComparison.Ordinal) == true)];
}
