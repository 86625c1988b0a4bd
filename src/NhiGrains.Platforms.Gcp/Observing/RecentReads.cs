namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>
/// Reading a project costs a call for each of its resources, and an attempt looks at it four times: it observes, applies, observes again
/// and probes. What an identity was observed in a moment ago is what is then applied or probed upon, once: what has been written is
/// always read anew, every policy is read again before it is written, and a probe asks the authorizer itself.
/// </summary>
internal sealed class RecentReads(TimeProvider time)
{
    /// <summary>Less than reading a large project takes, so that nothing is decided upon what is older than it could have been anyway.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Snapshot Snapshot, long At)> _reads = new(StringComparer.Ordinal);

    public void Remember(string identityId, Snapshot snapshot)
    {
        lock (_lock)
        {
            // Snapshots are large, and whoever does not come for his does not keep it.
            foreach (var old in _reads.Where(read => !IsRecent(read.Value.At)).Select(read => read.Key).ToArray())
                _reads.Remove(old);
            _reads[identityId] = (snapshot, time.GetTimestamp());
        }
    }

    /// <returns>Null when there is none, or when it was taken already.</returns>
    public Snapshot? Take(string identityId)
    {
        lock (_lock)
            return _reads.Remove(identityId, out var read) && IsRecent(read.At) ? read.Snapshot : null;
    }

    private bool IsRecent(long at) => time.GetElapsedTime(at) <= Recent;
}
