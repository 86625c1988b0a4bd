namespace NhiGrains.Storage;

/// <summary>Where the control plane keeps what it must not lose.</summary>
public sealed record NhiStoreOptions
{
    /// <summary>The value of <see cref="Store"/> that means: inside this process, in <see cref="DataFolder"/>.</summary>
    public const string Embedded = "embedded";

    /// <summary>
    /// A folder of this process alone; made with mode 0700, and narrowed to it when it is wider. The embedded store keeps
    /// everything here; with a Redis it holds what this process last saw of it, so it should outlive the process there, too.
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// <c>embedded</c> (the default), or <c>redis://[user:password@]host[:port][/database]</c>, or <c>rediss://…</c> for TLS.
    /// </summary>
    public string Store { get; init; } = Embedded;

    /// <summary>
    /// Opens a store that is refused otherwise, to read what is left of it. Nothing is written: every write throws a
    /// <see cref="StoreReadOnlyException"/>. Default: false.
    /// </summary>
    public bool Salvage { get; init; }

    /// <summary>
    /// Uses a Redis without an append-only file, which is refused otherwise: when it dies, it loses what was acknowledged since
    /// its last snapshot. Default: false.
    /// </summary>
    public bool RedisWithoutAof { get; init; }

    /// <summary>
    /// What the embedded store keeps of its values in memory, in megabytes; what is beyond it is read from disk. Default: 512.
    /// </summary>
    public int EmbeddedMemoryMegabytes { get; init; } = 512;

    /// <summary>
    /// The size of the embedded store's append-only file, in megabytes, from which on a start writes the store anew without its
    /// history, if that at least halves it. A process that runs for long warns at four times this size. Default: 256.
    /// </summary>
    public int EmbeddedLogMegabytes { get; init; } = 256;

    /// <summary>
    /// How long a call to the store may take. After that its outcome is unknown. Default: 5 seconds; the embedded store, which
    /// has no network that could lose an answer, waits six times as long for a slow disk.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <exception cref="StoreRefusedException">With <see cref="StoreRefusal.BadOptions"/>.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
            throw new StoreRefusedException(StoreRefusal.BadOptions, "No data folder is named.", "Name one with --data.");
        if (EmbeddedMemoryMegabytes is < 16 or > 1 << 20 || EmbeddedLogMegabytes is < 1 or > 1 << 20)
            throw new StoreRefusedException(
                StoreRefusal.BadOptions, "The embedded store's sizes are out of range.", "Memory: 16 MB to 1 TB; log: 1 MB to 1 TB.");
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(5))
            throw new StoreRefusedException(StoreRefusal.BadOptions, "The store's time-out is out of range.", "Use 0.1 s to 5 minutes.");
    }
}
