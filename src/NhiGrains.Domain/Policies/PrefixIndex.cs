namespace NhiGrains.Domain.Policies;

/// <summary>
/// Beginnings of texts, in the order of their code units, so that those that a text begins with, and those that begin with a text, are
/// found without a look at the others. Known by their places in that order. Immutable.
/// </summary>
internal sealed class PrefixIndex
{
    private readonly string[] _prefixes;

    /// <summary>For each the longest other one that it begins with; -1 for none.</summary>
    private readonly int[] _wider;

    public PrefixIndex(IEnumerable<string> prefixes)
    {
        _prefixes = [.. prefixes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _wider = new int[_prefixes.Length];
        for (var at = 0; at < _prefixes.Length; at++)
            _wider[at] = LongestBeginning(_prefixes[at], at - 1);
    }

    public int Count => _prefixes.Length;

    public string this[int at] => _prefixes[at];

    /// <summary>The place of the longest other one that it begins with, which is before it; -1 for none.</summary>
    public int WiderOf(int at) => _wider[at];

    /// <summary>Those that the text begins with, itself among them: the longest first.</summary>
    public IEnumerable<int> BeginningsOf(string text)
    {
        var (at, isThere) = Find(text);
        for (var beginning = LongestBeginning(text, isThere ? at : at - 1); beginning >= 0; beginning = _wider[beginning])
            yield return beginning;
    }

    /// <summary>Those that begin with the text, itself among them.</summary>
    public IEnumerable<int> Within(string text)
    {
        for (var (at, _) = Find(text); at < _prefixes.Length && _prefixes[at].StartsWith(text, StringComparison.Ordinal); at++)
            yield return at;
    }

    // What lies between a text and one of its beginnings begins so, too. So the way from the neighbour to ever wider ones comes by all of them.
    private int LongestBeginning(string text, int neighbour)
    {
        var at = neighbour;
        while (at >= 0 && !text.StartsWith(_prefixes[at], StringComparison.Ordinal))
            at = _wider[at];
        return at;
    }

    /// <returns>Where it is, or where it would be.</returns>
    private (int At, bool IsThere) Find(string text)
    {
        var found = Array.BinarySearch(_prefixes, text, StringComparer.Ordinal);
        return found < 0 ? (~found, false) : (found, true);
    }
}
