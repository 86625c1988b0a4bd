using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>The only way to write: asks the fence immediately before each block, and counts them.</summary>
internal sealed class Writer(PostgresApi api, Fence? fence, CancellationToken cancellation)
{
    private const int Attempts = 6;

    public int Writes { get; private set; }

    public PostgresApi Api => api;

    public async Task WriteAsync(string database, string doing, params IEnumerable<string> statements)
    {
        var body = string.Join('\n', statements);
        for (var attempt = 1; ; attempt++)
        {
            fence?.ThrowIfStale();
            if (await api.TryWriteAsync(database, doing, body, last: attempt == Attempts, cancellation))
                break;
#pragma warning disable CA5394 // A delay that is spread needs no secrecy.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 << attempt)), cancellation);
#pragma warning restore CA5394
        }

        Writes++;
    }

    /// <summary>What belongs to all databases.</summary>
    public Task WriteRolesAsync(string doing, params IEnumerable<string> statements) => WriteAsync(api.Home, doing, statements);
}
