using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Memory;

namespace NhiGrains.Grains.Tests.Platforms;

/// <summary>A platform in memory of its own, with a principal that exists.</summary>
internal sealed class MemoryTarget : ConnectorTarget
{
    private const string Name = "mem:contract";

    private readonly MemoryPlatform _platform = new();
    private readonly MemoryWay _way = new();

    public MemoryTarget()
    {
        Connector = new MemoryConnector(Name, _platform, TimeProvider.System);
        Faulty = new MemoryConnector(Name, _platform, TimeProvider.System, _way);
        _platform.Recreate(Binding.Principal);
    }

    public override IPlatformConnector Connector { get; }

    public override IPlatformConnector Faulty { get; }

    public override IFaultyWay Proxy => _way;

    public override string IdentityId => "billing";

    public override Binding Binding { get; } = new(Name, "shop/billing");

    public override ResourceSelector AllResources => new("configmaps", "shop", ResourceMatch.All, null);

    public override ResourceSelector Prefix => new("configmaps", "shop", ResourceMatch.Prefix, "config-");

    public override ResourceSelector Resource(int number) => new("configmaps", "shop", ResourceMatch.Exact, $"config-{number}");

    public override Task<bool> AllowsAsync(ResourceSelector resource, Verb verb) => Task.FromResult(_platform.Allows(Binding.Principal, verb, resource));

    public override Task<CredentialAnswer> TryAsync(string credential, ResourceSelector toRead) => Task.FromResult(
        _platform.Authenticate(credential) is not { } principal ? CredentialAnswer.NotAccepted
        : _platform.Allows(principal, Verb.Read, toRead) ? CredentialAnswer.Works
        : CredentialAnswer.Forbidden);

    public override Task GiveByHandAsync(ResourceSelector resource) => Tamper("by hand", MemoryPermissions.Line(Verb.Read, resource));

    public override Task WidenByHandAsync() => Tamper(Own, $"{MemoryPermissions.Line(Verb.Read, Resource(1))}\n{MemoryPermissions.Line(Verb.Delete, AllResources)}");

    public override Task BreakByHandAsync() => Tamper(Own, body: null);

    public override Task ForgeByHandAsync(long generation)
    {
        _platform.Plant(Binding.Principal, "forged", IdentityId, generation);
        return Task.CompletedTask;
    }

    public override Task RecreatePrincipalAsync()
    {
        _platform.Recreate(Binding.Principal);
        return Task.CompletedTask;
    }

    public override bool Writes(PassedRequest request) => !request.Reads;

    public override bool Lists(PassedRequest request) => request.Reads && request.Target.StartsWith("/accounts", StringComparison.Ordinal);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Own => _platform.KeysOf(Binding.Principal).First(key => key.StartsWith(Binding.Principal, StringComparison.Ordinal));

    private Task Tamper(string key, string? body)
    {
        _platform.Tamper(Binding.Principal, key, body);
        return Task.CompletedTask;
    }
}
