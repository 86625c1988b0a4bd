using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>A sandbox with one AWS account, for one test alone: its clock can be moved and its faults be changed.</summary>
internal sealed class SandboxAccount : IAsyncDisposable
{
    public const string AccountId = "123456789012";

    private SandboxAccount(SandboxServer server, AwsAccount account, Uri address) =>
        (Server, Account, Place) = (server, account, new(address, AccountId, new(account.AdminKeyId, account.AdminSecret)));

    public SandboxServer Server { get; }

    public AwsAccount Account { get; }

    public AwsPlace Place { get; }

    public static async Task<SandboxAccount> StartAsync(AwsLimits? limits = null)
    {
        var server = new SandboxServer();
        var account = new AwsAccount(server.Surroundings, AccountId, AwsPlace.PlatformId, limits);
        return new(server, account, await server.AddAsync(account));
    }

    public Task<FaultProxy> StartProxyAsync() => FaultProxy.StartAsync(Place.Address, new SocketsHttpHandler { UseProxy = false }, keepHost: true);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
