using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Contract;

/// <summary>A store of the test's own, open; closed and opened again on demand.</summary>
public abstract class StoreFacts<TPlace> : IAsyncLifetime
    where TPlace : StorePlace, new()
{
    private readonly TPlace _place = new();
    private NhiStore? _store;

    protected NhiStore Store => _store ?? throw new InvalidOperationException("Not open.");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _place.StartAsync();
        _store = await _place.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = await _place.OpenAsync();
    }
}
