using NhiGrains.Contracts.Identities;

namespace NhiGrains.Grains.Identities;

[GenerateSerializer]
[Alias("nhi.principal-state")]
internal sealed record PrincipalState
{
    /// <summary>Null while no identity is bound to the principal.</summary>
    [Id(0)]
    public string? Owner { get; init; }
}

internal sealed class PrincipalGrain([PersistentState("principal")] IPersistentState<PrincipalState> state) : Grain, IPrincipalGrain
{
    public async Task<string> Claim(string identityId)
    {
        if (state.State.Owner is { } owner)
            return owner;
        await state.Save(new() { Owner = identityId }, this);
        return identityId;
    }

    public async Task Release(string identityId)
    {
        if (state.State.Owner == identityId)
            await state.Save(new(), this);
    }

    public Task<string?> Owner() => Task.FromResult(state.State.Owner);
}
