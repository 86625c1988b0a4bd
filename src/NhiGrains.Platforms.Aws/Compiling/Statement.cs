using System.Text.Json.Nodes;
using NhiGrains.Domain;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>One statement of a policy of ours: everything in it is a list of what is allowed, without a star but at the end of an ARN.</summary>
/// <param name="Source">Why it is wanted: a grant's id, or <c>intent</c>.</param>
/// <param name="Conditions">Operator, key and values; all have to hold.</param>
internal sealed record Statement(
    string Source,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> Resources,
    IReadOnlyList<(string Operator, string Key, IReadOnlyList<string> Values)> Conditions)
{
    private const int MaxSourceInSid = 24;

    public JsonObject ToJson()
    {
        var text = Json();
        // A person finds the grant by it; the digest keeps it unique.
        var source = string.Concat(Source.Where(char.IsAsciiLetterOrDigit).Take(MaxSourceInSid));
        text.Insert(0, "Sid", $"{source}x{Canonical.DigestOfText($"{Source}\n{text.ToJsonString()}")[..8]}");
        return text;
    }

    private JsonObject Json()
    {
        var json = new JsonObject { ["Effect"] = "Allow", ["Action"] = Sorted(Actions), ["Resource"] = Sorted(Resources) };
        if (Conditions.Count == 0)
            return json;
        var conditions = new JsonObject();
        foreach (var of in Conditions.GroupBy(condition => condition.Operator, StringComparer.Ordinal).OrderBy(of => of.Key, StringComparer.Ordinal))
        {
            conditions[of.Key] = new JsonObject(of
                .OrderBy(condition => condition.Key, StringComparer.Ordinal)
                .Select(condition => KeyValuePair.Create(condition.Key, (JsonNode?)Sorted(condition.Values))));
        }

        json["Condition"] = conditions;
        return json;
    }

    private static JsonArray Sorted(IEnumerable<string> values) =>
        [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(value => (JsonNode?)JsonValue.Create(value))];
}
