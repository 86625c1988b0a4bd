using System.Globalization;
using NhiGrains.Host.CommandLine;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>
/// Takes the values of one map by their keys. What is wrong becomes a problem with its place, and reading goes on with
/// null, so that one run finds everything. A key that nobody asked for is unknown: <see cref="Finish"/> says so.
/// </summary>
internal sealed class MapReader(YamlMap map, string what, PolicyProblems problems)
{
    private readonly Dictionary<string, YamlEntry> _entries = map.Entries.ToDictionary(entry => entry.Key.Value, StringComparer.Ordinal);
    private readonly List<string> _asked = [];

    /// <summary>The keys that were asked for: the schema of this map.</summary>
    public IReadOnlyList<string> Asked => _asked;

    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>Where the value of a key is, or the map when there is none.</summary>
    public Position At(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value.At : map.At;

    public string? RequiredText(string key)
    {
        if (!Has(key))
            Missing(key);
        return Text(key);
    }

    public string? Text(string key) => Take(key) switch
    {
        null => null,
        YamlText { Value.Length: > 0 } text => text.Value,
        var other => Wrong<string>(other, key, "a text that is not empty"),
    };

    public bool? Flag(string key) => Take(key) switch
    {
        null => null,
        YamlText { Quoted: false, Value: "true" } => true,
        YamlText { Quoted: false, Value: "false" } => false,
        var other => WrongValue<bool>(other, key, "true or false"),
    };

    public TimeSpan? Lifetime(string key)
    {
        if (Text(key) is not { } text)
            return null;
        var lifetime = Lifetimes.Parse(text);
        if (lifetime.IsOk)
            return lifetime.Value;
        problems.Add(At(key), $"{lifetime.Refusal?.Message} {lifetime.Refusal?.Remedy}");
        return null;
    }

    public T? Choice<T>(string key) where T : struct, Enum
    {
        if (!Has(key))
            Missing(key);
        return ChoiceOrNothing<T>(key);
    }

    public T? ChoiceOrNothing<T>(string key) where T : struct, Enum =>
        Text(key) is { } text ? ParseChoice<T>(text, At(key)) : null;

    public IReadOnlyList<T>? Choices<T>(string key) where T : struct, Enum =>
        Texts(key)?.Select(text => ParseChoice<T>(text.Value, text.At)).OfType<T>().ToArray();

    /// <summary>A list of distinct texts with at least one of them; an empty one would match nothing, which nobody means.</summary>
    public IReadOnlyList<YamlText>? Texts(string key)
    {
        if (Take(key) is not { } node)
            return null;
        if (node is not YamlList list)
            return Wrong<IReadOnlyList<YamlText>>(node, key, "a list, as in [a, b]");
        if (list.Items.Count == 0)
            problems.Add(list.At, $"'{key}' is an empty list; name at least one, or leave the key out.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var texts = new List<YamlText>();
        foreach (var item in list.Items)
        {
            if (item is not YamlText { IsNothing: false } text)
                problems.Add(item.At, $"'{key}' is a list of texts, but this is {item.Is}.");
            else if (!seen.Add(text.Value))
                problems.Add(text.At, $"'{text.Value}' is in '{key}' twice.");
            else
                texts.Add(text);
        }

        return texts;
    }

    /// <summary>The same without their places.</summary>
    public string[]? Words(string key) => Texts(key)?.Select(text => text.Value).ToArray();

    /// <summary>A text with its place, for what has places of its own.</summary>
    public YamlText? TextNode(string key) => Text(key) is null ? null : (YamlText)_entries[key].Value;

    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        problems.Add(At(key), $"'{key}' is a number from {least} to {most}, not '{text}'.");
        return null;
    }

    /// <summary>A map of texts with at least one of them, in the order of their names: that of the file says nothing.</summary>
    /// <param name="each">What one of them is called.</param>
    public Dictionary<string, string>? TextMap(string key, string each)
    {
        if (Map(key) is not { } map)
            return null;
        if (map.Entries.Count == 0)
            problems.Add(map.At, $"'{key}' is empty; name at least one, or leave the key out.");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in map.Entries.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
        {
            if (value is YamlText { IsNothing: false } text)
                texts[name.Value] = text.Value;
            else
                problems.Add(value.At, $"The value of the {each} '{name.Value}' is a text, but this is {value.Is}.");
        }

        return texts;
    }

    /// <summary>What can be read of each item of a list; nothing when the key is left out.</summary>
    public IEnumerable<T> Items<T>(string key, Func<YamlNode, T?> read, int most)
        where T : class => (List(key)?.Items ?? []).Take(most).Select(read).OfType<T>();

    public YamlMap? Map(string key) => Take(key) switch
    {
        null => null,
        YamlMap found => found,
        var other => Wrong<YamlMap>(other, key, "a map"),
    };

    public YamlList? List(string key) => Take(key) switch
    {
        null => null,
        YamlList list => list,
        var other => Wrong<YamlList>(other, key, "a list"),
    };

    public void Missing(string key) => problems.Add(map.At, $"{what} needs the key '{key}'.");

    /// <summary>Refuses the keys that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var entry in map.Entries.Where(entry => !_asked.Contains(entry.Key.Value, StringComparer.Ordinal)))
            problems.Add(entry.Key.At, $"{what} has no key '{entry.Key.Value}'{Spelling.Hint(entry.Key.Value, _asked)}");
    }

    private YamlNode? Take(string key)
    {
        if (!_asked.Contains(key, StringComparer.Ordinal))
            _asked.Add(key);
        if (!_entries.TryGetValue(key, out var entry))
            return null;
        if (entry.Value is not YamlText { IsNothing: true })
            return entry.Value;
        problems.Add(entry.Key.At, $"'{key}' has no value; give one, or leave the key out.");
        return null;
    }

    private T? ParseChoice<T>(string text, Position at) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Spelling.Of(value) == text)
                return value;
        }

        problems.Add(at, $"'{text}' is not known here{Spelling.Hint(text, Spelling.Names<T>())}");
        return null;
    }

    private T? Wrong<T>(YamlNode node, string key, string expected) where T : class
    {
        problems.Add(node.At, $"'{key}' is {expected}, but this is {node.Is}.");
        return null;
    }

    private T? WrongValue<T>(YamlNode node, string key, string expected) where T : struct
    {
        problems.Add(node.At, $"'{key}' is {expected}, but this is {node.Is}.");
        return null;
    }
}
