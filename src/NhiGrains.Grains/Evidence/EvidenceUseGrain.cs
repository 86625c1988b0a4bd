using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Grains.Evidence;

[GenerateSerializer]
[Alias("nhi.evidence-use-state")]
internal sealed record EvidenceUseState
{
    [Id(0)]
    public EvidenceInUse InUse { get; init; } = EvidenceInUse.None;
}

internal sealed class EvidenceUseGrain([PersistentState("evidence")] IPersistentState<EvidenceUseState> state, TimeProvider time) : Grain, IEvidenceUseGrain
{
    /// <summary>The clock that judged the evidence may be behind, and let it in once more for so long.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    public async Task<EvidenceUse> Use(string digest, string identityId, DateTimeOffset until)
    {
        var now = time.GetUtcNow();
        if (state.State.InUse.OwnerOf(digest, now) is { } owner && owner != identityId)
            return EvidenceUse.OfAnother;
        if (state.State.InUse.With(digest, identityId, WithGrace(until), now) is not { } next)
            return EvidenceUse.NoRoom;
        if (!ReferenceEquals(next, state.State.InUse))
            await state.Save(new() { InUse = next }, this);
        return EvidenceUse.Own;
    }

    // A certificate can end with the calendar.
    private static DateTimeOffset WithGrace(DateTimeOffset until) => until < DateTimeOffset.MaxValue - Grace ? until + Grace : DateTimeOffset.MaxValue;
}
