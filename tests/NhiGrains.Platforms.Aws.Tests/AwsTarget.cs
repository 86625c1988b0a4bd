using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>A role of its own on an account of the sandbox, and a bucket that others have nothing to do with.</summary>
internal sealed class AwsTarget : ConnectorTarget
{
    private const string Bucket = "orders-prod";

    private static readonly PrincipalName Role = new(PrincipalKind.Role, "app");

    private readonly SandboxAccount _sandbox;
    private readonly ServiceProvider _straight;
    private readonly ServiceProvider _faulty;

    private AwsTarget(SandboxAccount sandbox, FaultProxy proxy)
    {
        (_sandbox, Proxy, Admin) = (sandbox, proxy, sandbox.Place.Api());
        (_straight, Connector) = sandbox.Place.Connector();
        // What stalls on purpose is not waited for as long as what may only be slow.
        (_faulty, Faulty) = sandbox.Place.Connector(options => options with { Endpoint = proxy.Address, RequestTimeout = TimeSpan.FromSeconds(5) }, new QuickTime(20));
    }

    public SandboxAccount Sandbox => _sandbox;

    public IamApi Admin { get; }

    public override IPlatformConnector Connector { get; }

    public override IPlatformConnector Faulty { get; }

    public override FaultProxy Proxy { get; }

    public override string IdentityId => "billing";

    public override Binding Binding { get; } = new(AwsPlace.PlatformId, Role.ToString());

    /// <summary>A listing by one name would show its neighbours, so LIST is refused for it.</summary>
    public override IReadOnlyList<Verb> Offered => [Verb.Read, Verb.Write, Verb.Delete];

    public override ResourceSelector AllResources => new("s3-object", Bucket, ResourceMatch.All, null);

    public override ResourceSelector Prefix => new("s3-object", Bucket, ResourceMatch.Prefix, "invoices/");

    public string Own => Marker.PolicyName(IdentityId, 1);

    public static async Task<AwsTarget> MakeAsync()
    {
        var sandbox = await SandboxAccount.StartAsync();
        var target = new AwsTarget(sandbox, await sandbox.StartProxyAsync());
        await target.CreateRoleAsync();
        using var s3 = new S3Client(sandbox.Place.Address, sandbox.Place.Admin, sandbox.Server.Clock);
        await s3.PutAsync($"/{Bucket}");
        foreach (var number in Enumerable.Range(1, 3))
            await s3.PutAsync($"/{Bucket}/{target.Resource(number).Name}", "content");
        return target;
    }

    public override ResourceSelector Resource(int number) => new("s3-object", Bucket, ResourceMatch.Exact, $"invoices/{number}.pdf");

    public override Task<bool> AllowsAsync(ResourceSelector resource, Verb verb)
    {
        string[] actions = verb switch { Verb.Read => ["s3:GetObject"], Verb.Write => ["s3:PutObject"], _ => ["s3:DeleteObject"] };
        return Task.FromResult(actions.All(action => Allows(action, $"arn:aws:s3:::{resource.Container}/{resource.Name}")));
    }

    public bool Allows(string action, string arn, params (string Key, string Value)[] context) => _sandbox.Account
        .Evaluate($"arn:aws:iam::{SandboxAccount.AccountId}:role/app", action, arn, context.ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal)).IsAllowed;

    public override async Task<CredentialAnswer> TryAsync(string credential, ResourceSelector toRead)
    {
        var key = Handed.Key(credential);
        using var s3 = new S3Client(_sandbox.Place.Address, key, _sandbox.Server.Clock);
        using var api = _sandbox.Place.Api(key);
        return await s3.GetAsync($"/{toRead.Container}/{toRead.Name}") switch
        {
            HttpStatusCode.OK => CredentialAnswer.Works,
            // S3 answers 403 to a key that it does not know as well; STS tells them apart.
            HttpStatusCode.Forbidden => await Record.ExceptionAsync(() => api.GetCallerIdentityAsync(TestContext.Current.CancellationToken)) is null ? CredentialAnswer.Forbidden : CredentialAnswer.NotAccepted,
            var other => throw new InvalidOperationException($"S3 answered {other}."),
        };
    }

    public override Task GiveByHandAsync(ResourceSelector resource) => PutAsync("by-hand", null, $"arn:aws:s3:::{resource.Container}/{resource.Name}");

    public override Task WidenByHandAsync() => PutAsync(Own, Marker.PolicyId(IdentityId, 2), "*");

    public override Task BreakByHandAsync() => Admin.DeletePolicyAsync(Role, Own, TestContext.Current.CancellationToken);

    public override Task ForgeByHandAsync(long generation) => PutAsync(Marker.PolicyName(IdentityId, 99), Marker.PolicyId(IdentityId, generation), "arn:aws:s3:::elsewhere/*");

    public override async Task RecreatePrincipalAsync()
    {
        foreach (var policy in await Admin.ListPoliciesAsync(Role, TestContext.Current.CancellationToken))
            await Admin.DeletePolicyAsync(Role, policy, TestContext.Current.CancellationToken);
        await Admin.DeleteAsync(Role, TestContext.Current.CancellationToken);
        await CreateRoleAsync();
    }

    public override bool Writes(PassedRequest request) =>
        request.Action.Length > 0 && request.Action is not "AssumeRole" and not "GetCallerIdentity" and not "SimulatePrincipalPolicy"
        && !request.Action.StartsWith("Get", StringComparison.Ordinal) && !request.Action.StartsWith("List", StringComparison.Ordinal);

    public override bool Lists(PassedRequest request) =>
        request.Action.StartsWith("List", StringComparison.Ordinal) || request.Action == "GetAccountAuthorizationDetails";

    public override async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _straight.DisposeAsync();
        await _faulty.DisposeAsync();
        await Proxy.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    public Task PutAsync(string policy, string? id, string resource)
    {
        var document = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new[] { new { Effect = "Allow", Action = "s3:GetObject", Resource = resource } },
        });
        return Admin.PutPolicyAsync(Role, policy, id is null ? document : PolicyText.WithId(document, id), TestContext.Current.CancellationToken);
    }

    /// <summary>What the connector itself never does.</summary>
    public async Task HandsAsync(string action, params (string Name, string Value)[] parameters)
    {
        var options = _sandbox.Place.Options;
        using var transport = new AwsTransport(options, new CallBudget(options.Budget, TimeProvider.System), TimeProvider.System);
        await transport.WriteAsync(action, "the tests' hands", parameters, fence: null, TestContext.Current.CancellationToken);
    }

    private async Task CreateRoleAsync()
    {
        var admin = await Admin.GetCallerIdentityAsync(TestContext.Current.CancellationToken);
        await Admin.CreateAsync(Role, "/", new Dictionary<string, string>(StringComparer.Ordinal), Trust.DocumentFor(admin.Arn), TestContext.Current.CancellationToken);
    }
}
