namespace NhiGrains.Cel;

/// <summary>
/// A map that remembers the order of its entries. A key is found by CEL's equality: <c>1</c>, <c>1u</c> and <c>1.0</c> are the
/// same key (Language Definition, <i>Equality</i>).
/// </summary>
internal sealed class CelMap
{
    private readonly List<KeyValuePair<CelValue, CelValue>> _entries = [];
    private readonly Dictionary<CelValue, int> _index = [];

    public IReadOnlyList<KeyValuePair<CelValue, CelValue>> Entries => _entries;

    public int Count => _entries.Count;

    /// <summary>Adds while the map is being made; afterwards nobody does.</summary>
    public CelError? TryAdd(CelValue key, CelValue value)
    {
        if (key.Kind is not (CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.String))
            return new CelError(CelErrorKind.UnsupportedKey, $"A {CelType.NameOf(key)} cannot be the key of a map.");
        if (!_index.TryAdd(Normal(key), _entries.Count))
            return new CelError(CelErrorKind.DuplicateKey, $"The key {ValueText.Brief(key)} is there twice.");
        _entries.Add(new(key, value));
        return null;
    }

    public bool TryGet(CelValue key, out CelValue value)
    {
        var found = _index.TryGetValue(Normal(key), out var at);
        value = found ? _entries[at].Value : default;
        return found;
    }

    public bool SameAs(CelMap other)
    {
        if (Count != other.Count)
            return false;
        foreach (var (key, value) in _entries)
        {
            if (!other.TryGet(key, out var there) || !value.Equals(there))
                return false;
        }

        return true;
    }

    /// <summary>Numbers that are equal become the same number.</summary>
    private static CelValue Normal(CelValue key)
    {
        switch (key.Kind)
        {
            case CelKind.Uint when key.AsUint <= long.MaxValue:
                return CelValue.Of((long)key.AsUint);
            case CelKind.Double when key.AsDouble is >= -9223372036854775808.0 and < 9223372036854775808.0
                && Math.Floor(key.AsDouble) == key.AsDouble:
                return CelValue.Of((long)key.AsDouble);
            case CelKind.Double when key.AsDouble is >= 9223372036854775808.0 and < 18446744073709551616.0:
                return CelValue.Of((ulong)key.AsDouble);
            default:
                return key;
        }
    }
}
