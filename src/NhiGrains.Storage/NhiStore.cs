using Microsoft.Extensions.Logging;
using NhiGrains.Storage.Cells;
using NhiGrains.Storage.Embedded;
using NhiGrains.Storage.Redis;

namespace NhiGrains.Storage;

/// <summary>
/// The store, open and verified. It is opened before the host is built, so that no silo joins and no grain acts on a store that
/// lost something; silos in the same process share one (<see cref="StorageExtensions.AddNhiStorage"/>).
/// </summary>
public sealed class NhiStore : IAsyncDisposable
{
    private NhiStore(IStoreBackend backend, TimeProvider time) => (Backend, Committer) = (backend, new(backend, time));

    /// <summary>Whether it was opened with <see cref="NhiStoreOptions.Salvage"/>: every write throws then.</summary>
    public bool IsReadOnly => Backend.IsReadOnly;

    /// <summary>
    /// Completes with the reason when the store cannot go on, for example because its disk is full. Every write throws from
    /// then on; stop the process and start it again, which verifies the store. It does not complete otherwise.
    /// </summary>
    public Task<Exception> Failed => Backend.Failed;

    internal IStoreBackend Backend { get; }

    internal Committer Committer { get; }

    /// <summary>Opens the store and verifies that it holds exactly what was acknowledged.</summary>
    /// <exception cref="StoreRefusedException">It does not, or it cannot be opened; says what to do.</exception>
    public static async Task<NhiStore> OpenAsync(
        NhiStoreOptions options, ILoggerFactory loggers, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        options.Validate();
        cancellation.ThrowIfCancellationRequested();
        time ??= TimeProvider.System;
        return options.Store == NhiStoreOptions.Embedded
            ? new(await EmbeddedBackend.OpenAsync(options, loggers, time), time)
            : new(await RedisBackend.OpenAsync(options, loggers, time), time);
    }

    /// <summary>Makes durable what waits, and closes the store. Stop the silos first.</summary>
    public async ValueTask DisposeAsync()
    {
        await Committer.DisposeAsync();
        await Backend.DisposeAsync();
    }
}
