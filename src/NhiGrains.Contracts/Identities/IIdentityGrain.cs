using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Contracts.Identities;

/// <summary>One identity; the key is its id.</summary>
[Alias("nhi.identity")]
public interface IIdentityGrain : IGrainWithStringKey
{
    /// <summary>
    /// Carries out a command once per idempotency key, and answers after the new state is durable (promise 7). A repeated key
    /// gets the first answer again. Enforcement goes on by itself.
    /// </summary>
    [Alias("execute")]
    Task<CommandAnswer> Execute(CommandEnvelope envelope);

    /// <summary>
    /// The first answer to a command that was carried out already, for who asks again when the evidence that came along does not count
    /// any more. Null when no command of the same caller, with the same key, the same content and the same evidence was carried out:
    /// nothing is said of others. Changes nothing.
    /// </summary>
    /// <param name="envelope">Its command without evidence.</param>
    /// <param name="evidence">Which pieces came along.</param>
    [Alias("recall")]
    Task<CommandAnswer?> Recall(CommandEnvelope envelope, IReadOnlyList<EvidenceMark> evidence);

    /// <summary>Decides and compiles a request without doing it.</summary>
    [Alias("simulate")]
    Task<SimulationAnswer> Simulate(SimulationRequest request);

    /// <summary>Decides everything that it has by a policy set, and brings it in line when that is asked for. Repeating it is harmless.</summary>
    [Alias("reconsider")]
    Task<ReconsiderAnswer> Reconsider(ReconsiderOrder order);

    /// <summary>Null when there is no such identity.</summary>
    [Alias("get")]
    Task<IdentityView?> Get();

    /// <summary>What the store says is wanted on a platform now; null when the identity is not bound there.</summary>
    [Alias("desired")]
    Task<EnforcementOrder?> GetDesired(string platform);

    /// <summary>What enforcement has achieved. Repeated and late reports are harmless.</summary>
    [Alias("report")]
    Task Report(EnforcementReport report);

    /// <summary>Something may be due. A wake-up too many, too early or too late is harmless.</summary>
    [Alias("wake")]
    Task Wake();
}

/// <summary>A desired state, whether policy consents to an end that only the controller keeps, and who is behind the change.</summary>
public sealed record EnforcementOrder(DesiredState Desired, bool ControllerEndAllowed);
