using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Storage.Seams;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace NhiGrains.Storage.Tests.Fixtures;

[GenerateSerializer]
[Alias("test.note")]
internal sealed record Note
{
    [Id(0)]
    public string Text { get; init; } = "";
}

/// <summary>What a grain has of its state.</summary>
internal sealed class NoteState : IGrainState<Note>
{
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public Note State { get; set; } = new();

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}

internal static class Grains
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static GrainStateStorage StorageOf(NhiStore store) =>
        new(store, Services.GetRequiredService<Serializer>(), Services.GetRequiredService<IActivatorProvider>());

    public static GrainId Named(string name) => GrainId.Create("note", name);

    /// <summary>Writes as a grain does that was just activated.</summary>
    public static async Task<NoteState> SaveAsync(NhiStore store, string name, string text)
    {
        var state = await LoadAsync(store, name);
        state.State = new() { Text = text };
        await StorageOf(store).WriteStateAsync("note", Named(name), state);
        return state;
    }

    public static async Task<NoteState> LoadAsync(NhiStore store, string name)
    {
        var state = new NoteState();
        await StorageOf(store).ReadStateAsync("note", Named(name), state);
        return state;
    }
}
