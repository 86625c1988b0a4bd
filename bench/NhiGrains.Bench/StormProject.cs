using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp;
using NhiGrains.Sandbox.Gcp;

namespace NhiGrains.Bench;

internal sealed class StormProject : StormSandbox
{
    private const string Project = "storm-shop";
    private const string Bucket = "storm-orders";

    private static readonly string[] Reads = [":getIamPolicy", ":testIamPermissions", ":troubleshoot"];

    private readonly GcpProject _project;
    private Uri? _address;

    public StormProject() => _project = new(Server.Surroundings, Name, Project, 123456789012);

    public override string Name => "gcp:storm";

    /// <summary>Bystanders have bindings with conditions in the same policies that the storm writes.</summary>
    public override async Task StartAsync()
    {
        _address = await ListenAsync(_project, IsRead, _project.AdministratorToken);
        await SendAsync(HttpMethod.Post, $"storage/v1/b?project={Project}", $$$$"""{"name":"{{{{Bucket}}}}","iamConfiguration":{"uniformBucketLevelAccess":{"enabled":true}}}""");
        string[] names = ["bystander-1", "bystander-2", "bystander-3"];
        foreach (var name in names)
            await SendAsync(HttpMethod.Post, $"v1/projects/{Project}/serviceAccounts", $$$$"""{"accountId":"{{{{name}}}}","serviceAccount":{"displayName":"somebody else's"}}""");
        var bindings = string.Join(',', names.Select(name => $$$"""
            {"role":"roles/storage.objectViewer","members":["serviceAccount:{{{PrincipalOf(name)}}}"],"condition":{"title":"{{{name}}}","expression":"request.time < timestamp(\"2099-01-01T00:00:00Z\")"}}
            """));
        await SendAsync(HttpMethod.Put, $"storage/v1/b/{Bucket}/iam", $$$"""{"version":3,"bindings":[{{{bindings}}}]}""");
    }

    public override string PrincipalOf(string identity) => $"{identity}@{Project}.iam.gserviceaccount.com";

    public override Entitlement Entitlement(string resource) => StormGrant.Reading(Name, "storage-object", Bucket, resource);

    public override async Task<bool> AllowsAsync(string identity, string resource)
    {
        var answer = await SendAsync(HttpMethod.Post, "v3/iam:troubleshoot", new JsonObject
        {
            ["accessTuple"] = new JsonObject
            {
                ["principal"] = PrincipalOf(identity),
                ["permission"] = "storage.objects.get",
                ["fullResourceName"] = $"//storage.googleapis.com/projects/_/buckets/{Bucket}/objects/{resource}",
                ["conditionContext"] = new JsonObject { ["request"] = new JsonObject { ["receiveTime"] = Server.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) } },
            },
        }.ToJsonString());
        return answer["overallAccessState"]?.GetValue<string>() switch
        {
            "CAN_ACCESS" => true,
            "CANNOT_ACCESS" => false,
            var other => throw new InvalidOperationException($"The sandbox answered {other}."),
        };
    }

    protected override void Add(IServiceCollection services)
    {
        var options = new GcpPlatformOptions { Platform = Name, ProjectId = Project, Endpoint = _address, AccessToken = _project.AdministratorToken };
        services.AddGcpPlatform(UsualBudget ? options : options with { Budget = Unhurried });
    }

    private static bool IsRead(string method, string path, string body) =>
        method == "GET" || Reads.Any(read => path.EndsWith(read, StringComparison.Ordinal));
}
