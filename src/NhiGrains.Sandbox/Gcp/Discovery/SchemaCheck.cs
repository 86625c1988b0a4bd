using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Discovery;

/// <summary>
/// Holds JSON to a schema of a discovery document: unknown names, types, formats and enumerations. What is read-only may stand in a
/// request, as Google lets it, and counts for nothing.
/// </summary>
internal sealed partial class SchemaCheck(JsonElement schemas)
{
    /// <exception cref="GoogleError">400, which says where.</exception>
    public void Check(JsonElement schema, JsonNode? value, string path, bool isRequest)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = schemas.GetProperty(reference.GetString() ?? "");
        if (value is null)
            return;
        switch (schema.GetProperty("type").GetString())
        {
            case "object":
                CheckMembers(schema, value as JsonObject ?? throw Wrong(path, "TYPE_MESSAGE", value), path, isRequest);
                break;
            case "array":
                foreach (var (at, item) in (value as JsonArray ?? throw Wrong(path, "TYPE_MESSAGE", value)).Index())
                    Check(schema.GetProperty("items"), item ?? throw Wrong(path, "TYPE_MESSAGE", null), $"{path}[{at}]", isRequest);
                break;
            case "boolean":
                if (value.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False) && !(isRequest && TextOf(value) is "true" or "false"))
                    throw Wrong(path, "TYPE_BOOL", value);
                break;
            case "integer":
                CheckInteger(value, path, isRequest);
                break;
            case "number":
                if (value.GetValueKind() != JsonValueKind.Number)
                    throw Wrong(path, "TYPE_DOUBLE", value);
                break;
            case "string":
                CheckText(schema, value, path, isRequest);
                break;
        }
    }

    private void CheckMembers(JsonElement schema, JsonObject value, string path, bool isRequest)
    {
        var known = schema.TryGetProperty("properties", out var properties);
        foreach (var (name, member) in value)
        {
            if (known && properties.TryGetProperty(name, out var property))
                Check(property, member, Join(path, name), isRequest);
            else if (schema.TryGetProperty("additionalProperties", out var any))
                Check(any, member, Join(path, name), isRequest);
            else
                throw GoogleError.Invalid(
                    $"Invalid JSON payload received. Unknown name \"{name}\"{(path.Length > 0 ? $" at '{path}'" : "")}: Cannot find field.", path);
        }
    }

    private static void CheckInteger(JsonNode value, string path, bool isRequest)
    {
        var fits = value.GetValueKind() == JsonValueKind.Number
            ? value.AsValue().TryGetValue(out int _)
            : isRequest && int.TryParse(TextOf(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        if (!fits)
            throw Wrong(path, "TYPE_INT32", value);
    }

    private static void CheckText(JsonElement schema, JsonNode value, string path, bool isRequest)
    {
        var format = schema.TryGetProperty("format", out var named) ? named.GetString() : null;
        if (isRequest && format is "int64" or "uint64" && value is JsonValue number && number.TryGetValue(out long _))
            return;
        var text = TextOf(value) ?? throw Wrong(path, "TYPE_STRING", value);
        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(one => one.ValueEquals(text)))
            throw Wrong(path, "TYPE_ENUM", value);
        switch (format)
        {
            case "int64" or "uint64" when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                throw Wrong(path, "TYPE_INT64", value);
            case "byte" when !Base64.IsValid(text) && !Base64Url.IsValid(text):
                throw GoogleError.Invalid($"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed for \"{text}\"", path);
            case "google-datetime" or "date-time" when !Time().IsMatch(text):
                throw Wrong(path, "type.googleapis.com/google.protobuf.Timestamp", value);
            case "google-duration" when !Duration().IsMatch(text):
                throw Wrong(path, "type.googleapis.com/google.protobuf.Duration", value);
        }
    }

    private static string? TextOf(JsonNode value) => value is JsonValue leaf && leaf.TryGetValue(out string? text) ? text : null;

    private static GoogleError Wrong(string path, string type, JsonNode? value) =>
        GoogleError.Invalid($"Invalid value at '{path}' ({type}), {value?.ToJsonString() ?? "null"}", path);

    /// <summary>Google names fields as its protocol buffers do: in lower case with underscores.</summary>
    private static string Join(string path, string name)
    {
        var joined = new StringBuilder(path);
        if (path.Length > 0)
            joined.Append('.');
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c))
                joined.Append('_');
            joined.Append(char.ToLowerInvariant(c));
        }

        return joined.ToString();
    }

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"^-?\d+(\.\d{1,9})?s$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Duration();
}
