using Orleans.Storage;

namespace NhiGrains.Grains;

internal static class PersistentStates
{
    /// <summary>
    /// For how long a look at the store, or a write, is good: a silo that does not answer is declared dead, and others take over, only
    /// after much longer.
    /// </summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Stores a value, and serves it only when it is stored. When the write fails its outcome is unknown, so the activation is
    /// given up: the next one loads what the store has.
    /// </summary>
    public static async Task Save<T>(this IPersistentState<T> state, T next, IGrainBase grain)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            grain.DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Removes what is stored, if anything is, and gives the activation up: the next one begins with nothing.</summary>
    public static async Task Clear<T>(this IPersistentState<T> state, IGrainBase grain)
    {
        try
        {
            if (state.RecordExists)
                await state.ClearStateAsync();
        }
        finally
        {
            grain.DeactivateOnIdle();
        }
    }

    /// <summary>
    /// Makes sure that what this activation has is what the store has now. A silo that was frozen goes on with what it knew,
    /// although another one took over meanwhile; then the activation is given up, and the next one loads what the store has.
    /// </summary>
    /// <exception cref="InconsistentStateException">Another activation has written, or the store does not answer.</exception>
    public static async Task Confirm<T>(this IPersistentState<T> state, IGrainBase grain)
    {
        var (known, etag) = (state.State, state.Etag);
        await state.ReadStateAsync();
        if (state.Etag != etag)
        {
            grain.DeactivateOnIdle();
            throw new InconsistentStateException($"{grain.GrainContext.GrainId} was changed by another activation.", state.Etag ?? "none", etag ?? "none");
        }

        state.State = known;
    }
}
