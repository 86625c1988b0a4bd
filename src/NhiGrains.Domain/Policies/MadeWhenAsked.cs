using System.Collections;
using System.Collections.Frozen;

namespace NhiGrains.Domain.Policies;

/// <summary>Values about one thing, each made when it is first asked for, and then kept; a maker that makes none has none. Not for several threads.</summary>
internal sealed class MadeWhenAsked<TAbout, TValue>(TAbout about, FrozenDictionary<string, Func<TAbout, TValue?>> makers) : IReadOnlyDictionary<string, TValue>
    where TValue : struct
{
    private readonly Dictionary<string, TValue?> _made = new(StringComparer.Ordinal);

    public int Count => makers.Count;

    public IEnumerable<string> Keys => makers.Keys;

    public IEnumerable<TValue> Values => Keys.Select(key => this[key]);

    public TValue this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}'.");

    public bool ContainsKey(string key) => makers.ContainsKey(key);

    public bool TryGetValue(string key, out TValue value)
    {
        if (!_made.TryGetValue(key, out var made) && makers.TryGetValue(key, out var make))
            _made[key] = made = make(about);
        value = made.GetValueOrDefault();
        return made is not null;
    }

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => Keys.Select(key => KeyValuePair.Create(key, this[key])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
