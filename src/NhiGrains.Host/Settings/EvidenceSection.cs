using NhiGrains.Host.Policies;

namespace NhiGrains.Host.Settings;

/// <summary>The settings of one trust.</summary>
internal sealed class EvidenceSection(IConfigurationSection section)
{
    /// <summary>Names of environment variables are upper case; a trust's name never is.</summary>
    public string Name => section.Key.ToLowerInvariant();

    public string? Text(string key) => section[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public string Required(string key) => Text(key) ?? throw Missing(key);

    public SetupException Missing(string key) => new($"The trust '{Name}' needs 'evidence:{section.Key}:{key}'.");

    public SetupException Wrong(string key, string expected) => new($"'{key}' of the trust '{Name}' is {expected}, not '{Text(key)}'.");

    public string? Path(string key) => Text(key) is { } path ? System.IO.Path.GetFullPath(path) : null;

    /// <summary>A list, or a text with commas between; null when the key is not there. An empty one could mean nobody or everybody.</summary>
    /// <exception cref="SetupException">It is empty, or there is a list in one place and a text in another.</exception>
    public IReadOnlyList<string>? List(string key)
    {
        if (section.GetChildren().All(child => !child.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            return null;
        var items = Items(key).Select(child => child.Value?.Trim() ?? "").ToArray();
        if (items.Length == 0)
            items = Text(key)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return items.Length > 0 && items.All(item => item.Length > 0)
            ? items
            : throw new SetupException($"'{key}' of the trust '{Name}' is a list of at least one, none of them empty; or leave it out.");
    }

    // A text from the environment does not take the place of a list in the file: both are there, and one of them would count for nothing.
    private IConfigurationSection[] Items(string key)
    {
        IConfigurationSection[] items = [.. section.GetSection(key).GetChildren()];
        return items.Length == 0 || Text(key) is null
            ? items
            : throw new SetupException($"'{key}' of the trust '{Name}' is there twice, as a list and as a text; keep one of them.");
    }

    public Uri? Address(string key) => Text(key) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) ? address
        : throw Wrong(key, "an https address");

    public TimeSpan? Time(string key) => Text(key) is not { } text ? null
        : Lifetimes.Parse(text) is { IsOk: true } time ? time.Value
        : throw Wrong(key, "a time such as 30m");

    public bool Flag(string key) => Text(key) is { } text && (bool.TryParse(text, out var flag) ? flag : throw Wrong(key, "true or false"));

    /// <summary>A list of <c>{ "id": …, "file": … }</c>: an id of a key may have a colon, which the name of a setting cannot.</summary>
    public IReadOnlyDictionary<string, string> KeyFiles(string key)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in Items(key))
        {
            if (one["id"] is not { Length: > 0 } id || one["file"] is not { Length: > 0 } file || !files.TryAdd(id, System.IO.Path.GetFullPath(file)))
                throw new SetupException($"'{key}' of the trust '{Name}' is a list of keys, each with an 'id' of its own and a 'file'.");
        }

        return files;
    }
}
