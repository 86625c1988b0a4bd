using NhiGrains.Contracts.Identities;

namespace NhiGrains.Grains.Identities;

[GenerateSerializer]
[Alias("nhi.principal-state")]
internal sealed record PrincipalState
{
    /// <summary>Null while no identity has claimed the principal.</summary>
    [Id(0)]
    public string? Owner { get; init; }

    /// <summary>That of the last claim.</summary>
    [Id(1)]
    public long Stamp { get; init; }
}

internal sealed class PrincipalGrain([PersistentState("principal")] IPersistentState<PrincipalState> state) : Grain, IPrincipalGrain
{
    public async Task<PrincipalClaim> Claim(string identityId)
    {
        if (state.State.Owner is { } owner && owner != identityId)
            return new(owner, state.State.Stamp);
        // A repeated claim gets a new stamp, so that nobody who judged by the old one takes it away.
        var stamp = state.State.Stamp + 1;
        await state.Save(new() { Owner = identityId, Stamp = stamp }, this);
        return new(identityId, stamp);
    }

    public async Task<PrincipalClaim> TakeOver(PrincipalClaim abandoned, string identityId)
    {
        await Undo(abandoned);
        return await Claim(identityId);
    }

    public async Task Undo(PrincipalClaim claim)
    {
        if ((state.State.Owner, state.State.Stamp) == (claim.Owner, claim.Stamp))
            await state.Save(state.State with { Owner = null }, this);
    }

    public async Task Release(string identityId)
    {
        if (state.State.Owner == identityId)
            await state.Save(state.State with { Owner = null }, this);
    }

    public Task<string?> Owner() => Task.FromResult(state.State.Owner);
}
