using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Objects;

/// <summary>Selectors of fields and labels: equal, not equal, there, not there; all of the conditions must hold.</summary>
internal sealed class Selector
{
    private readonly List<Func<StoredObject, JsonObject, bool>> _conditions = [];

    /// <exception cref="StatusError">400, for what is no selector or not known here.</exception>
    public Selector(ObjectKind kind, string? fields, string? labels)
    {
        foreach (var (name, equal, value) in Split(fields))
        {
            Func<StoredObject, JsonObject, string?> read = name switch
            {
                "metadata.name" => (item, _) => item.Name,
                "metadata.namespace" => (item, _) => item.Namespace,
                "type" when kind == ObjectKind.Secret => (_, json) => json.Text("type"),
                _ => throw StatusError.BadRequest($"field label not supported: {name}"),
            };
            if (value is null)
                throw StatusError.BadRequest($"invalid field selector: {fields}");
            _conditions.Add((item, json) => (read(item, json) == value) == equal);
        }

        foreach (var (name, equal, value) in Split(labels))
            _conditions.Add((_, json) => LabelHolds(json, name, equal, value));
    }

    public bool Takes(StoredObject item)
    {
        if (_conditions.Count == 0)
            return true;
        var json = Json.Parse(System.Text.Encoding.UTF8.GetBytes(item.Json));
        return _conditions.TrueForAll(condition => condition(item, json));
    }

    private static bool LabelHolds(JsonObject json, string name, bool equal, string? value)
    {
        var label = json.Object("metadata")?.Object("labels")?.Text(name);
        return value is null ? label is not null == equal : (label == value) == equal;
    }

    /// <summary>Name, whether it must be equal or there, and the value; null: any.</summary>
    private static IEnumerable<(string Name, bool Equal, string? Value)> Split(string? selector)
    {
        foreach (var part in (selector ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.AsSpan().ContainsAny(" ()<>"))
                throw StatusError.BadRequest($"the sandbox knows no selectors of sets: {part}");
            var equal = !part.Contains("!=", StringComparison.Ordinal);
            if (part.Split(equal ? part.Contains("==", StringComparison.Ordinal) ? "==" : "=" : "!=", 2) is [var name, var value])
                yield return (name, equal, value);
            else
                yield return (part.TrimStart('!'), !part.StartsWith('!'), null);
        }
    }
}
