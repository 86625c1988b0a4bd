using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Policies;

[GenerateSerializer]
[Alias("nhi.policy-set-state")]
internal sealed record PolicySetState
{
    /// <summary>The newest last. Older versions stay for a while, so that a decision of theirs can be explained.</summary>
    [Id(0)]
    public IReadOnlyList<PolicyVersion> Versions { get; init; } = [];
}

internal sealed class PolicySetGrain(
    [PersistentState("policy-set")] IPersistentState<PolicySetState> state,
    TimeProvider time)
    : Grain, IPolicySetGrain
{
    private const int Kept = 20;

    private static readonly PolicyVersion None = new(PolicySet.Empty, PolicySet.Empty.Version, DateTimeOffset.MinValue, "nobody");

    public Task<PolicyVersion> Current() => Task.FromResult(state.State.Versions is [.., var last] ? last : None);

    public async Task<PolicyVersion> Apply(PolicySet set, string actor)
    {
        var current = await Current();
        if (current.Version == set.Version)
            return current;
        var next = new PolicyVersion(set, set.Version, time.GetUtcNow(), actor);
        state.State = new() { Versions = [.. state.State.Versions.TakeLast(Kept - 1), next] };
        await state.WriteStateAsync();
        return next;
    }
}
