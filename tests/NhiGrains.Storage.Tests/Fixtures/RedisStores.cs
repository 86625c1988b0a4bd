using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Platforms.TestKit.Redis;
using NhiGrains.Storage.Redis;
using StackExchange.Redis;

namespace NhiGrains.Storage.Tests.Fixtures;

/// <summary>Stores on a real Redis, and what a stranger does to it.</summary>
internal static class RedisStores
{
    public static NhiStoreOptions OptionsFor(this RedisServer server, EmbeddedFolder folder) =>
        folder.Options with { Store = server.Url, Timeout = TimeSpan.FromSeconds(2) };

    public static Task<NhiStore> OpenAsync(this RedisServer server, EmbeddedFolder folder) =>
        NhiStore.OpenAsync(server.OptionsFor(folder), NullLoggerFactory.Instance);

    public static async Task<string> CommandAsync(this RedisServer server, string command, params object[] arguments)
    {
        var options = RedisAddress.Parse(server.Url, TimeSpan.FromSeconds(5));
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        return (string?)await connection.GetDatabase().ExecuteAsync(command, arguments) ?? "";
    }
}
