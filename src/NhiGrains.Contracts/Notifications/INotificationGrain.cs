using System.Globalization;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Notifications;

/// <summary>
/// Follows one shard of the audit log for one sink and sends what is loud, in the order of the log, at least once; the key is
/// <c>sink|shard</c>. One that gets no answer keeps no other waiting.
/// </summary>
[Alias("nhi.notification")]
public interface INotificationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes sure that the shard is followed. The first time ever it begins at the end of the log as it is then, which is durable when
    /// this returns; later it goes on where it was.
    /// </summary>
    [Alias("start")]
    Task Start();

    /// <summary>How far it is. Reads at most <see cref="NotificationKeys.Counted"/> entries of the log.</summary>
    [AlwaysInterleave]
    [Alias("get")]
    Task<NotificationView> Get();
}

/// <param name="Pending">Events that are not delivered yet, among the next <see cref="NotificationKeys.Counted"/> entries of the log.</param>
/// <param name="Failures">Attempts in a row that failed; 0 when the last one did not.</param>
/// <param name="LastError">What the last attempt that failed said; null when none ever did.</param>
/// <param name="Skipped">Events that the sink refused again and again, and will not get.</param>
/// <param name="LastSkipped">The id of the last one, <c>shard/sequence</c>.</param>
public sealed record NotificationView(
    int Pending,
    DateTimeOffset? LastSuccess,
    int Failures,
    string? LastError,
    DateTimeOffset? LastErrorAt,
    long Skipped,
    string? LastSkipped);

public static class NotificationKeys
{
    /// <summary>Of what waits in a shard that many entries are looked through: to know all would be to read a whole day's log.</summary>
    public const int Counted = 1_000;

    public static string Of(string sink, int shard) => $"{sink}|{shard.ToString(CultureInfo.InvariantCulture)}";

    public static (string Sink, int Shard) Parse(string key) => key.Split('|') is [var sink, var shard]
        ? (sink, int.Parse(shard, CultureInfo.InvariantCulture))
        : throw new ArgumentException($"'{key}' is no key of a notification grain.", nameof(key));
}
