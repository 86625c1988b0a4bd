using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// How much of what senders tell is followed. A message that is replayed by somebody who saw it is no second
/// look; and no sender has a platform looked at without end: what is sent away is found by the next sweep, or sent again.
/// </summary>
internal sealed class EventIntake(TimeProvider time) : IDisposable
{
    /// <summary>For each platform, and each other route, at once.</summary>
    public const int Burst = 500;

    /// <summary>For each of them, in the long run.</summary>
    public const int PerSecond = 50;

    /// <summary>Of all. Of more than that within <see cref="Memory"/> the oldest are forgotten, and cost a look when they are replayed.</summary>
    public const int Remembered = 10_000;

    /// <summary>For as long as an event's timestamp is good, on either side of now.</summary>
    private static readonly TimeSpan Memory = 2 * WebhookSecrets.Tolerance;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Queue<(string Event, DateTimeOffset At)> _order = new();
    private readonly PartitionedRateLimiter<string> _limits = PartitionedRateLimiter.Create<string, string>(
        lane => RateLimitPartition.GetTokenBucketLimiter(lane, _ => new()
        {
            TokenLimit = Burst,
            TokensPerPeriod = PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }), StringComparer.Ordinal);

    /// <summary>
    /// The same for the same message of the same platform or route: a replay has its signed timestamp. What a sender sends again has another one
    /// and is looked at, since it may tell of a second change, or the first look have come too early.
    /// </summary>
    public static string KeyOf(string lane, string id, string timestamp, ReadOnlySpan<byte> body) =>
        Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{lane}\n{id}\n{timestamp}\n"), .. body]));

    /// <summary>Whether it has been followed already.</summary>
    public bool Knows(string key)
    {
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && (_order.Count > Remembered || time.GetUtcNow() - oldest.At > Memory))
                _known.Remove(_order.Dequeue().Event);
            return _known.Contains(key);
        }
    }

    /// <summary>Whether one more may be followed now.</summary>
    public bool TryTake(string lane)
    {
        using var lease = _limits.AttemptAcquire(lane);
        return lease.IsAcquired;
    }

    /// <summary>Only what was followed: what was not may come again.</summary>
    public void Remember(string key)
    {
        lock (_lock)
        {
            if (_known.Add(key))
                _order.Enqueue((key, time.GetUtcNow()));
        }
    }

    public void Dispose() => _limits.Dispose();
}
