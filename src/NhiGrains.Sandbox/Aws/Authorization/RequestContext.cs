using System.Collections.Immutable;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>The condition keys of one request and their values. Keys are compared without case.</summary>
internal sealed class RequestContext
{
    private readonly ImmutableDictionary<string, ImmutableArray<string>> _keys;

    private RequestContext(ImmutableDictionary<string, ImmutableArray<string>> keys) => _keys = keys;

    public static RequestContext Empty { get; } =
        new(ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.OrdinalIgnoreCase));

    /// <summary>Null when the request does not have the key.</summary>
    public ImmutableArray<string>? this[string key] => _keys.TryGetValue(key, out var values) ? values : null;

    /// <summary>The only value of a key; null for a key that is not there or has several: variables cannot stand for those.</summary>
    public string? Single(string key) => _keys.TryGetValue(key, out var values) && values is [var only] ? only : null;

    public RequestContext With(string key, string? value) => value is null ? this : new(_keys.SetItem(key, [value]));

    public RequestContext With(string key, ImmutableArray<string> values) => new(_keys.SetItem(key, values));

    public RequestContext With(IEnumerable<KeyValuePair<string, string>> tags, string prefix) =>
        new(_keys.SetItems(tags.Select(tag => KeyValuePair.Create(prefix + tag.Key, ImmutableArray.Create(tag.Value)))));

    public RequestContext With(RequestContext other) => new(_keys.SetItems(other._keys));
}
