namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Sets without members that a crash has left, of this process' knowledge. A set is without members also between being made and being
/// given, so one is a leftover only when it has been so for longer than any giving takes.
/// </summary>
internal sealed class Leftovers(TimeProvider time)
{
    public static readonly TimeSpan After = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private Dictionary<long, long> _since = [];

    /// <param name="memberless">All that are without members now; who is not among them begins anew.</param>
    public HashSet<long> Of(IEnumerable<long> memberless)
    {
        lock (_lock)
        {
            _since = memberless.ToDictionary(set => set, set => _since.TryGetValue(set, out var since) ? since : time.GetTimestamp());
            return [.. _since.Where(one => time.GetElapsedTime(one.Value) >= After).Select(one => one.Key)];
        }
    }
}
