using System.Globalization;
using NhiGrains.Storage.Cells;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace NhiGrains.Storage.Seams;

/// <summary>
/// Grain state in the store: one value a state, its version as the etag. A conflict is an
/// <see cref="InconsistentStateException"/>, never an overwrite, and so is every other failure of a write: what the grain has
/// in memory is not what is stored, so it has to be deactivated.
/// </summary>
internal sealed class GrainStateStorage(NhiStore store, Serializer serializer, IActivatorProvider activators) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = await store.Backend.ReadValuesAsync([Keys.State(stateName, grainId.ToString())]);
        if (found[0] is { } stored)
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Read<T>(stored), EtagOf(stored.Version), true);
        else
            (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null, false);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = serializer.SerializeToArray(grainState.State);
        var change = CellChange.PutValue(Keys.State(stateName, grainId.ToString()), VersionOf(grainState.ETag), payload);
        var result = await WriteAsync(change, grainState.ETag);
        (grainState.ETag, grainState.RecordExists) = (EtagOf(result.Version), true);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var change = CellChange.RemoveValue(Keys.State(stateName, grainId.ToString()), VersionOf(grainState.ETag));
        await WriteAsync(change, grainState.ETag);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null, false);
    }

    private async Task<WriteResult> WriteAsync(CellChange change, string? etag)
    {
        var result = await store.Committer.WriteAsync([change], CancellationToken.None);
        return result.Stored
            ? result
            : throw new InconsistentStateException(
                $"'{change.Cell.Key}' was written by another activation.", EtagOf(result.Found) ?? "none", etag ?? "none");
    }

    private T Read<T>(Stored stored) => serializer.Deserialize<T>(stored.Payload)
        ?? throw new StoreLostException("A stored state is empty.");

    private static string? EtagOf(ulong version) => version == Cell.Absent ? null : version.ToString("x", CultureInfo.InvariantCulture);

    private static ulong VersionOf(string? etag) =>
        etag is null ? Cell.Absent : ulong.Parse(etag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
