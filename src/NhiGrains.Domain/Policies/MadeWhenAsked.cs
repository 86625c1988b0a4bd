using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace NhiGrains.Domain.Policies;

/// <summary>Values about one thing, each made when it is first asked for, and then kept. Not for several threads.</summary>
internal sealed class MadeWhenAsked<TAbout, TValue>(TAbout about, FrozenDictionary<string, Func<TAbout, TValue>> makers) : IReadOnlyDictionary<string, TValue>
{
    private readonly Dictionary<string, TValue> _made = new(StringComparer.Ordinal);

    public int Count => makers.Count;

    public IEnumerable<string> Keys => makers.Keys;

    public IEnumerable<TValue> Values => Keys.Select(key => this[key]);

    public TValue this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}'.");

    public bool ContainsKey(string key) => makers.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_made.TryGetValue(key, out value))
            return true;
        if (!makers.TryGetValue(key, out var make))
            return false;
        _made[key] = value = make(about);
        return true;
    }

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => Keys.Select(key => KeyValuePair.Create(key, this[key])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
