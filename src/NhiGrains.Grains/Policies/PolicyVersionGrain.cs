using System.Globalization;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Policies;

[GenerateSerializer]
[Alias("nhi.policy-version-state")]
internal sealed record PolicyVersionState
{
    /// <summary>Null until it was put.</summary>
    [Id(0)]
    public PolicySet? Set { get; init; }

    [Id(1)]
    public bool WasInForce { get; init; }

    [Id(2)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>Of the audit that is told.</summary>
    [Id(3)]
    public int Shard { get; init; }
}

/// <summary>Keeps what a version says, and tells it to the audit when it is to be in force: an export alone says what decided.</summary>
internal sealed class PolicyVersionGrain([PersistentState("policy-version")] IPersistentState<PolicyVersionState> state, TimeProvider time) : Grain, IPolicyVersionGrain
{
    private readonly AuditDelivery _audit = new();

    private string Version => this.GetPrimaryKeyString();

    private string Source => AuditSources.OfPolicyVersion(Version);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => Tell();

    public async Task Put(PolicyContentOrder order)
    {
        if (order.Set.Version != Version)
            throw new ArgumentException($"A set of version {order.Set.Version} is not that of {Version}.", nameof(order));
        var known = state.State;
        if (known.Set is null || (order.InForce && !known.WasInForce))
        {
            var next = known with { Set = order.Set, WasInForce = known.WasInForce || order.InForce, Shard = Shards.Of(AuditSources.OfPolicySet(order.SetName)) };
            var told = order.InForce ? Told(order).Aggregate(next.Outbox, (box, part) => box.Add(part)) : next.Outbox;
            await state.Save(next with { Outbox = told }, this);
        }

        await Tell();
    }

    public Task<PolicyStored?> Get() => Task.FromResult(state.State.Set is { } set ? new PolicyStored(set, state.State.WasInForce) : null);

    public Task Forget() => state.State.WasInForce ? Task.CompletedTask : state.Clear(this);

    private IEnumerable<AuditEvent> Told(PolicyContentOrder order)
    {
        var parts = PolicyContent.PartsOf(Canonical.Text(order.Set));
        return parts.Select((text, index) => new AuditEvent(Source, SourceSequence: 0, time.GetUtcNow(), order.Actor, "policy-set.content", "what the set says", null, Version,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["version"] = Version,
                ["part"] = string.Create(CultureInfo.InvariantCulture, $"{index + 1}/{parts.Count}"),
                ["text"] = text,
            }));
    }

    // What was told is as large as the set itself, so it is not kept beside it.
    private async Task Tell()
    {
        if (state.State.Outbox.Pending.Length == 0)
            return;
        await _audit.Deliver(state.State.Outbox, GrainFactory, Source, state.State.Shard);
        await state.Save(state.State with { Outbox = _audit.Rest(state.State.Outbox) }, this);
    }
}
