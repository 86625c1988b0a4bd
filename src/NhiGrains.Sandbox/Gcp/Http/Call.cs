using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Gcp.Access;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>One request, read whole.</summary>
/// <param name="Path">What the route's names stand for.</param>
/// <param name="Body">Empty when there was none, or none of JSON.</param>
/// <param name="Origin">The address under which the caller sees the sandbox, for example <c>http://127.0.0.1:4711</c>.</param>
internal sealed record Call(
    string Method,
    IReadOnlyDictionary<string, string> Path,
    IQueryCollection Query,
    JsonObject Body,
    ReadOnlyMemory<byte> Raw,
    string ContentType,
    string Origin,
    Principal Caller)
{
    /// <summary>Which part of an upload this is; empty: not said.</summary>
    public string ContentRange { get; init; } = "";

    public string? Ask(string name) => Query.TryGetValue(name, out var values) ? values[^1] : null;

    /// <exception cref="GoogleError">400, when it is no number.</exception>
    public int? AskNumber(string name) => Ask(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw GoogleError.Invalid($"Invalid value at '{name}' (TYPE_INT32), \"{text}\"", name);
}

/// <summary>What is answered: JSON, or bytes as they are.</summary>
internal sealed record Answer(JsonObject? Json, ReadOnlyMemory<byte>? Bytes = null, int Code = StatusCodes.Status200OK)
{
    public string ContentType { get; init; } = "application/json; charset=UTF-8";

    public string? Location { get; init; }

    public static implicit operator Answer(JsonObject json) => new(json);
}
