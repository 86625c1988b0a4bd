namespace NhiGrains.Grains.Expiry;

/// <summary>Due times in memory, one a key, earliest first.</summary>
internal sealed class DueQueue
{
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _order = new();

    public int Count => _due.Count;

    public void Set(string key, DateTimeOffset due)
    {
        _due[key] = due;
        _order.Enqueue(key, due);
    }

    /// <summary>Adds what was read from the index, unless memory knows better.</summary>
    public void Add(string key, DateTimeOffset due)
    {
        if (!_due.ContainsKey(key))
            Set(key, due);
    }

    /// <summary>Moves a key that is still where it was put, and no other.</summary>
    public void Move(string key, DateTimeOffset from, DateTimeOffset to)
    {
        if (_due.TryGetValue(key, out var current) && current == from)
            Set(key, to);
    }

    public void Remove(string key) => _due.Remove(key);

    /// <summary>Takes one key that is due. Moved and removed entries leave stale ones in the order, which are passed over here.</summary>
    public bool TryTake(DateTimeOffset now, out string key)
    {
        while (_order.TryPeek(out var candidate, out var due) && due <= now)
        {
            _order.Dequeue();
            if (_due.TryGetValue(candidate, out var current) && current == due)
            {
                _due.Remove(candidate);
                key = candidate;
                return true;
            }
        }

        key = "";
        return false;
    }
}
