using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Platforms;

/// <summary>
/// One platform under control. Every call is idempotent, honours its cancellation, and throws
/// <see cref="PlatformException"/> (and nothing else that a platform causes) when the outcome is not known to be good.
/// </summary>
public interface IPlatformConnector
{
    /// <summary>The platform's id, for example <c>k8s:staging</c>.</summary>
    string Name { get; }

    Capabilities Capabilities { get; }

    /// <summary>How many calls, or statements, were made to the platform so far, for whatever reason; null where there is nothing to call.</summary>
    long? Calls { get; }

    /// <summary>Whether a principal can exist on this platform at all, by its form. Pure.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    Refusal? CheckBinding(Binding binding);

    /// <summary>
    /// What has to be on the platform for the union of the entitlements. Pure: no call, no clock. The fidelity is that of the
    /// least faithful entitlement; a refused one refuses the whole, with the reason.
    /// </summary>
    Translation Compile(CompileRequest request);

    /// <summary>Reads one principal. Complete or an exception, never partial (promise 8). Never writes.</summary>
    Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation);

    /// <summary>
    /// Reads every principal that has something or is marked as ours, in the order of <see cref="PrincipalOrder"/>. An exception ends the
    /// stream: what came before it stands, and a later call goes on behind it.
    /// </summary>
    /// <param name="after">Only principals behind this one; null for all. It need not exist.</param>
    IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, CancellationToken cancellation);

    /// <summary>
    /// Brings the platform to the desired objects, access first removed and then added. Succeeds when it is so already.
    /// What is not ours is left alone. What carries a higher generation than the desired state is neither removed nor replaced,
    /// and where it is wanted nothing is given; everything else is done first, and then it is refused with
    /// <see cref="PlatformError.Fenced"/>. The same, at once, when the fence is no longer valid.
    /// </summary>
    Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation);

    /// <summary>Asks the platform's own authorizer. Null: there is none to ask.</summary>
    Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation);

    /// <summary>
    /// Makes credentials that were handed out for the grants useless. Succeeds when they are gone already.
    /// Called after access was removed.
    /// </summary>
    /// <returns>Until when something can still authenticate; null when nothing lingers.</returns>
    Task<DateTimeOffset?> EndSessionsAsync(Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation);

    /// <summary>The same, for a platform whose reads may not show yet what was handed out.</summary>
    /// <param name="handles">By grant, the last <see cref="IssuedCredential.Handle"/>; what is handed out is in it, whoever issued it.</param>
    Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, IReadOnlyDictionary<string, string> handles, Fence fence, CancellationToken cancellation) =>
        EndSessionsAsync(binding, identityId, grantIds, fence, cancellation);

    /// <summary>
    /// Hands out a credential that ends with the grant, or refuses. The secret is in the answer and nowhere else (promise 11).
    /// A fence that is no longer valid, before or afterwards, refuses with <see cref="PlatformError.Fenced"/> and leaves nothing
    /// behind that was made for it.
    /// </summary>
    Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation);

    /// <summary>Removes one object that is not in the desired state, because a person said so (promise 6). Succeeds when it is absent.</summary>
    Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation);

    /// <summary>
    /// Tells which principals may have changed, from now on, until cancelled. A hint and not an observation: after a gap
    /// that cannot be closed it yields <see cref="PlatformChange.Everything"/>.
    /// </summary>
    IAsyncEnumerable<PlatformChange> WatchAsync(CancellationToken cancellation);
}

/// <param name="IdentityId">Whose access it is; part of names and markers.</param>
/// <param name="ControllerEndAllowed">Whether policy consents to an end that only the controller keeps.</param>
public sealed record CompileRequest(
    string IdentityId,
    Binding Binding,
    IReadOnlyList<DesiredEntitlement> Entitlements,
    bool ControllerEndAllowed);

/// <param name="PrincipalNativeId">The immutable id of the principal after the call.</param>
/// <param name="Writes">How many objects were written or deleted; zero when everything was right already.</param>
public sealed record ApplyResult(string? PrincipalNativeId, int Writes);

/// <summary>One question to the platform's authorizer and its answer.</summary>
public sealed record Probe(string Question, bool Expected, bool Answered);

public sealed record ProbeReport(IReadOnlyList<Probe> Probes)
{
    /// <summary>Questions whose 'no' could not be expected, because something that is not ours gives the access, with what gives it.</summary>
    public IReadOnlyList<string> NotAsked { get; init; } = [];

    public IEnumerable<Probe> Wrong => Probes.Where(probe => probe.Expected != probe.Answered);
}

/// <param name="ExpiresAt">The end of the grant that the credential belongs to.</param>
public sealed record CredentialRequest(Binding Binding, string IdentityId, string GrantId, DateTimeOffset ExpiresAt, DateTimeOffset Now)
{
    /// <summary>The last <see cref="IssuedCredential.Handle"/> of the grant; null when nothing of it was handed out.</summary>
    public string? Handle { get; init; }
}

/// <param name="ExpiresAt">The credential's own end on the platform.</param>
/// <param name="ResidualUntil">Until when it can still authenticate after the grant was ended early.</param>
public sealed record IssuedCredential(string Secret, DateTimeOffset ExpiresAt, DateTimeOffset ResidualUntil)
{
    /// <summary>
    /// What the connector has to know to end all that was handed out for the grant, this one included, when the platform's own reads
    /// do not show it yet. No secret, and for nobody else to read. It is stored before the credential is handed out, and comes back with
    /// the grant's next request and with its end. Null: reads show it at once.
    /// </summary>
    public string? Handle { get; init; }

    /// <summary>A record prints its members, and this one holds a secret.</summary>
    public override string ToString() => $"credential until {Canonical.Instant(ExpiresAt)}";
}

/// <param name="Principal">The platform's name of the principal; null: anything may have changed.</param>
public readonly record struct PlatformChange(string? Principal)
{
    public static PlatformChange Everything => new(null);
}
