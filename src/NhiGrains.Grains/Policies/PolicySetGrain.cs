using System.Globalization;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Policies;

[GenerateSerializer]
[Alias("nhi.policy-set-state")]
internal sealed record PolicySetState
{
    /// <summary>The newest last. Older versions stay for a while, so that a decision of theirs can be explained.</summary>
    [Id(0)]
    public PolicyVersion[] Versions { get; init; } = [];

    [Id(1)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;
}

internal sealed class PolicySetGrain(
    [PersistentState("policy-set")] IPersistentState<PolicySetState> state,
    TimeProvider time)
    : Grain, IPolicySetGrain
{
    private const int Kept = 20;

    private static readonly PolicyVersion None = new(PolicySet.Empty, PolicySet.Empty.Version, DateTimeOffset.MinValue, "nobody");

    private readonly AuditDelivery _audit = new();

    private string Source => AuditSources.OfPolicySet(this.GetPrimaryKeyString());

    // What was stored by an activation that could not tell of it is told by the next one.
    public override Task OnActivateAsync(CancellationToken cancellationToken) => Tell();

    public Task<PolicyVersion> Current() => Task.FromResult(InForce());

    public async Task<PolicyVersion> Apply(PolicySet set, string actor)
    {
        var current = InForce();
        if (current.Version != set.Version)
        {
            var next = new PolicyVersion(set, set.Version, time.GetUtcNow(), actor);
            var told = new AuditEvent(Source, SourceSequence: 0, next.InForceSince, actor, "policy-set.applied", "applied", current.Version, next.Version,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["rules"] = set.Rules.Count.ToString(CultureInfo.InvariantCulture),
                    ["version"] = next.Version,
                });
            var versions = state.State.Versions.TakeLast(Kept - 1).Append(next);
            await state.Save(new() { Versions = [.. versions], Outbox = _audit.Rest(state.State.Outbox).Add(told) }, this);
        }

        await Tell();
        return InForce();
    }

    private PolicyVersion InForce() => state.State.Versions is [.., var last] ? last : None;

    private Task Tell() => _audit.Deliver(state.State.Outbox, GrainFactory, Source, Shards.Of(Source));
}
