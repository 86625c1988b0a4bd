using NhiGrains.Contracts;
using NhiGrains.Contracts.Policies;

namespace NhiGrains.Grains.Policies;

[GenerateSerializer]
[Alias("nhi.policy-rollout-state")]
internal sealed record PolicyRolloutState
{
    /// <summary>Null until it was begun.</summary>
    [Id(0)]
    public RolloutOrder? Order { get; init; }
}

/// <summary>Hands the work to one grain a catalog shard, and adds up what they say; it keeps nothing of its own but the order.</summary>
internal sealed class PolicyRolloutGrain([PersistentState("policy-rollout")] IPersistentState<PolicyRolloutState> state) : Grain, IPolicyRolloutGrain
{
    public Task<RolloutView> Run(RolloutOrder order) => Ask(order, (shard, known) => shard.Run(known));

    public Task<RolloutView> GiveUp(RolloutOrder order) => Ask(order, (shard, known) => shard.GiveUp(known));

    public async Task<RolloutView?> Get() => state.State.Order is { } order
        ? new(order, Sum(await Task.WhenAll(Parts.Select(shard => shard.Get()))))
        : null;

    public async Task<RolloutFindings> Findings(RolloutPlace after, int first)
    {
        var found = new RolloutFindings([], [], HasMore: false);
        for (var shard = after.Shard; shard < Shards.Count && !found.HasMore; shard++)
        {
            // Whether there is more behind a page that is full is known by asking for one more.
            var from = shard == after.Shard ? after : new RolloutPlace(shard, 0, 0);
            var more = await Part(shard).Findings(from, first + 1 - found.Found.Count);
            found = new([.. found.Found, .. more.Found], [.. found.Places, .. more.Places], found.Found.Count + more.Found.Count > first);
        }

        return found.HasMore ? new([.. found.Found.Take(first)], [.. found.Places.Take(first)], HasMore: true) : found;
    }

    public async Task<IReadOnlyList<string>> Unanswered(int most)
    {
        var unanswered = await Task.WhenAll(Parts.Select(part => part.Unanswered(most)));
        return [.. unanswered.SelectMany(ids => ids).Order(StringComparer.Ordinal).Take(most)];
    }

    public async Task<bool> Forget()
    {
        var gone = await Task.WhenAll(Parts.Select(part => part.Forget()));
        if (!gone.All(isGone => isGone))
            return false;
        await state.Clear(this);
        return true;
    }

    private async Task<RolloutView> Ask(RolloutOrder order, Func<IRolloutShardGrain, RolloutOrder, Task<RolloutProgress>> ask)
    {
        if (state.State.Order is null)
            await state.Save(new() { Order = order }, this);
        var known = state.State.Order ?? order;
        return new(known, Sum(await Task.WhenAll(Parts.Select(shard => ask(shard, known)))));
    }

    private IEnumerable<IRolloutShardGrain> Parts => Enumerable.Range(0, Shards.Count).Select(Part);

    private IRolloutShardGrain Part(int shard) => GrainFactory.GetGrain<IRolloutShardGrain>(RolloutKeys.OfShard(this.GetPrimaryKeyString(), shard));

    private static RolloutProgress Sum(IEnumerable<RolloutProgress> parts) => parts.Aggregate((one, other) => one.With(other));
}
