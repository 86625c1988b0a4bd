using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Contract;

/// <summary>
/// What a connector's tests give the contract: a platform, a principal on it that no other test touches, and hands that work
/// on the platform past the connector.
/// </summary>
public abstract class ConnectorTarget : IAsyncDisposable
{
    /// <summary>The connector, straight to the platform.</summary>
    public abstract IPlatformConnector Connector { get; }

    /// <summary>The same connector, through <see cref="Proxy"/>.</summary>
    public abstract IPlatformConnector Faulty { get; }

    public abstract IFaultyWay Proxy { get; }

    /// <summary>An identity of this test alone.</summary>
    public abstract string IdentityId { get; }

    /// <summary>A principal that exists, of this test alone.</summary>
    public abstract Binding Binding { get; }

    /// <summary>How soon a change by hand is in an observation at the latest; zero where reads are consistent.</summary>
    public virtual TimeSpan LateVisibility => TimeSpan.Zero;

    /// <summary>How soon what was written is what the platform's authorizer says.</summary>
    public virtual TimeSpan TakesEffectWithin => TimeSpan.FromSeconds(2);

    /// <summary>What the resources offer: READ, WRITE and DELETE at least, and each without the others.</summary>
    public virtual IReadOnlyList<Verb> Offered => [Verb.List, Verb.Read, Verb.Write, Verb.Delete];

    /// <summary>Whether the platform, when it asks to slow down, says for how long.</summary>
    public virtual bool SaysWhenToComeBack => true;

    /// <summary>The n-th of different resources, which exists and offers <see cref="Offered"/>.</summary>
    public abstract ResourceSelector Resource(int number);

    /// <summary>All resources of the same type and container.</summary>
    public abstract ResourceSelector AllResources { get; }

    /// <summary>A prefix of the same type and container.</summary>
    public abstract ResourceSelector Prefix { get; }

    /// <summary>Whether the platform's own authorizer lets the principal do it.</summary>
    public abstract Task<bool> AllowsAsync(ResourceSelector resource, Verb verb);

    public abstract Task<CredentialAnswer> TryAsync(string credential, ResourceSelector toRead);

    /// <summary>Gives the principal READ of a resource by an object that is not ours.</summary>
    public abstract Task GiveByHandAsync(ResourceSelector resource);

    /// <summary>Changes an object of ours so that it gives more.</summary>
    public abstract Task WidenByHandAsync();

    /// <summary>Deletes an object of ours, so that its access is gone.</summary>
    public abstract Task BreakByHandAsync();

    /// <summary>Creates an object with our marker and some generation, which nothing that the contract applies wants.</summary>
    public abstract Task ForgeByHandAsync(long generation);

    /// <summary>Deletes the principal and creates it again under the same name.</summary>
    public abstract Task RecreatePrincipalAsync();

    public abstract bool Writes(PassedRequest request);

    public abstract bool Lists(PassedRequest request);

    public abstract ValueTask DisposeAsync();

    public Entitlement Entitlement(ResourceSelector resource, params Verb[] verbs) =>
        new(Connector.Name, verbs, [resource], Conditions.None);

    public DesiredState Desired(long generation, params Entitlement[] entitlements) =>
        new(IdentityId, Connector.Name, Binding, generation, PrincipalWanted: true,
            [.. entitlements.Select(entitlement => new DesiredEntitlement(entitlement, "intent", null))], []);

    public Translation Plan(DesiredState desired) =>
        Connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: true));

    public Task<ApplyResult> ApplyAsync(DesiredState desired, IPlatformConnector? through = null, Fence? fence = null) =>
        (through ?? Connector).ApplyAsync(desired, Plan(desired), fence ?? Valid(), TestContext.Current.CancellationToken);

    public Task<Observation> ObserveAsync(IPlatformConnector? through = null) =>
        (through ?? Connector).ObserveAsync(Binding, IdentityId, TestContext.Current.CancellationToken);

    public static Fence Valid() => new(TimeProvider.System, TimeSpan.FromMinutes(1));
}

public enum CredentialAnswer
{
    Works,

    /// <summary>The platform knows who it is, and says no.</summary>
    Forbidden,

    /// <summary>The platform does not accept it.</summary>
    NotAccepted,
}
