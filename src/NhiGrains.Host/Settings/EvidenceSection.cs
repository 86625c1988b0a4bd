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

    /// <summary>A list, or a text with commas between.</summary>
    public IReadOnlyList<string>? List(string key) =>
        section.GetSection(key).GetChildren().Select(child => child.Value ?? "").ToArray() is { Length: > 0 } items ? items
        : Text(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

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
        foreach (var one in section.GetSection(key).GetChildren())
        {
            if (one["id"] is not { Length: > 0 } id || one["file"] is not { Length: > 0 } file || !files.TryAdd(id, System.IO.Path.GetFullPath(file)))
                throw new SetupException($"'{key}' of the trust '{Name}' is a list of keys, each with an 'id' of its own and a 'file'.");
        }

        return files;
    }
}
