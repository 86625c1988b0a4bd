using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Policies;

[GenerateSerializer]
[Alias("nhi.policy-rollout-piece-state")]
internal sealed record RolloutPieceState
{
    [Id(0)]
    public PolicyFinding[] Findings { get; init; } = [];
}

internal sealed class RolloutPieceGrain([PersistentState("policy-rollout-piece")] IPersistentState<RolloutPieceState> state) : Grain, IRolloutPieceGrain
{
    public Task Put(IReadOnlyList<PolicyFinding> findings) => state.Save(new() { Findings = [.. findings] }, this);

    public Task<IReadOnlyList<PolicyFinding>> Get() => Task.FromResult<IReadOnlyList<PolicyFinding>>(state.State.Findings);

    public Task Forget() => state.Clear(this);
}
