using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>Tests of what is AWS's own, each on a sandbox of its own with the role <c>app</c> and the bucket <c>orders-prod</c>.</summary>
public abstract class AwsTests : IAsyncLifetime
{
    private AwsTarget? _target;

    internal AwsTarget Target => _target ?? throw new InvalidOperationException("The target was not made.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _target = await AwsTarget.MakeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
            await _target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal Entitlement Reads(int number) => Target.Entitlement(Target.Resource(number), Verb.Read);

    /// <summary>What is wanted of a principal that the connector makes itself.</summary>
    internal static DesiredState Own(string principal, long generation, params DesiredEntitlement[] entitlements) =>
        new("billing", AwsPlace.PlatformId, new Binding(AwsPlace.PlatformId, principal, CreateIfMissing: true), generation, PrincipalWanted: true, entitlements, []);

    internal static Task<ApplyResult> ApplyAsync(IPlatformConnector connector, DesiredState desired) => connector.ApplyAsync(
        desired, connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: false)), ConnectorTarget.Valid(), Cancellation);

    internal static CredentialRequest Request(string principal, string grant, TimeSpan left)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(new(AwsPlace.PlatformId, principal), "billing", grant, now + left, now);
    }

    internal static async Task<AwsAccessKey> IssueAsync(IPlatformConnector connector, string principal, string grant, TimeSpan left) =>
        Handed.Key((await connector.IssueCredentialAsync(Request(principal, grant, left), ConnectorTarget.Valid(), Cancellation)).Value.Secret);

    internal Task<DateTimeOffset?> EndAsync(string principal, params string[] grants) =>
        Target.Connector.EndSessionsAsync(new(AwsPlace.PlatformId, principal), "billing", grants, ConnectorTarget.Valid(), Cancellation);
}
