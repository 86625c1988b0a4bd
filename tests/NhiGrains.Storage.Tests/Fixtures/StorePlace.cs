using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Platforms.TestKit.Redis;

namespace NhiGrains.Storage.Tests.Fixtures;

/// <summary>Where a store is, for the facts that every kind of store has to meet.</summary>
public abstract class StorePlace : IAsyncDisposable
{
    private readonly EmbeddedFolder _folder = new();

    /// <summary>Opens it, again if it was open before.</summary>
    public Task<NhiStore> OpenAsync() => NhiStore.OpenAsync(Change(_folder.Options), NullLoggerFactory.Instance);

    public virtual ValueTask StartAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract NhiStoreOptions Change(NhiStoreOptions options);
}

public sealed class EmbeddedPlace : StorePlace
{
    protected override NhiStoreOptions Change(NhiStoreOptions options) => options;
}

public sealed class RedisPlace : StorePlace
{
    private RedisServer? _server;

    private RedisServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public override async ValueTask StartAsync() => _server = await RedisServer.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override NhiStoreOptions Change(NhiStoreOptions options) => options with { Store = Server.Url };
}
