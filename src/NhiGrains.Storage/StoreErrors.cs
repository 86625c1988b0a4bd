using Orleans.Storage;

namespace NhiGrains.Storage;

/// <summary>Why a store was not opened. The texts are stable: scripts and alerts may look for them.</summary>
public static class StoreRefusal
{
    /// <summary>An option makes no sense.</summary>
    public const string BadOptions = "bad-options";

    /// <summary>Another process has the data folder.</summary>
    public const string FolderLocked = "folder-locked";

    /// <summary>The data folder cannot be made, narrowed to its owner, or written.</summary>
    public const string FolderUnusable = "folder-unusable";

    /// <summary>There is a store and no head beside it, so nothing tells whether the store is whole.</summary>
    public const string HeadMissing = "head-missing";

    /// <summary>The head beside the store cannot be read.</summary>
    public const string HeadDamaged = "head-damaged";

    /// <summary>The head is older than the store: one of the two was put back.</summary>
    public const string HeadBehind = "head-behind";

    /// <summary>There is a head, and the store that it belongs to is gone or empty.</summary>
    public const string StoreEmpty = "store-empty";

    /// <summary>The store belongs to another head: it is another installation's.</summary>
    public const string StoreOther = "store-other";

    /// <summary>The store is older than the head: it is an older copy, or its end was cut off.</summary>
    public const string StoreBehind = "store-behind";

    /// <summary>The store has lost, doubled or damaged entries.</summary>
    public const string StoreDamaged = "store-damaged";

    /// <summary>The store's files cannot be read at all.</summary>
    public const string StoreUnreadable = "store-unreadable";

    /// <summary>The Redis does not answer.</summary>
    public const string RedisUnreachable = "redis-unreachable";

    /// <summary>The Redis may throw away keys when its memory is full.</summary>
    public const string RedisEvicts = "redis-evicts";

    /// <summary>The Redis has no append-only file, so what was acknowledged would not survive its death.</summary>
    public const string RedisWithoutAof = "redis-without-aof";
}

/// <summary>The store was not opened; nothing was changed.</summary>
/// <param name="code">One of <see cref="StoreRefusal"/>.</param>
/// <param name="what">What is wrong, in a sentence.</param>
/// <param name="remedy">What to do about it, in a sentence or two.</param>
public sealed class StoreRefusedException(string code, string what, string remedy, Exception? cause = null)
    : Exception($"{what} {remedy} [{code}]", cause)
{
    public string Code => code;

    public string What => what;

    public string Remedy => remedy;
}

/// <summary>
/// The store does not have what it must have: it was emptied, or an entry is gone or damaged. It is never taken for 'there is
/// no such state'. A grain that gets it is deactivated, as with every storage error here: what it has in memory is not saved.
/// </summary>
[GenerateSerializer]
[Alias("nhi.store-lost")]
public sealed class StoreLostException(string message) : InconsistentStateException(message);

/// <summary>The store was opened to salvage what is left of it: nothing is written.</summary>
[GenerateSerializer]
[Alias("nhi.store-read-only")]
public sealed class StoreReadOnlyException() : InconsistentStateException("The store is open read-only, to salvage it: nothing can be changed.");

/// <summary>
/// The store did not answer in time or failed on the way: whether the write was stored is not known. The grain is deactivated
/// and reads the truth when it comes back.
/// </summary>
[GenerateSerializer]
[Alias("nhi.store-outcome-unknown")]
public sealed class StoreOutcomeUnknownException(string message, Exception? cause)
    : InconsistentStateException(message, cause ?? new TimeoutException(message));

/// <summary>The store does not answer, so nothing is known of what was asked for.</summary>
[GenerateSerializer]
[Alias("nhi.store-unavailable")]
public sealed class StoreUnavailableException(string message, Exception? cause)
    : InconsistentStateException(message, cause ?? new TimeoutException(message));
