using System.Text.Json;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>One line of the conformance data; README.md of this folder says what each member means.</summary>
internal sealed record Case(
    string Suite,
    string? File,
    string? Section,
    string? Name,
    string Expr,
    string Container,
    bool DisableCheck,
    bool CheckOnly,
    Dictionary<string, string> TypeEnv,
    Dictionary<string, JsonElement> Bindings,
    Expected? Expected,
    bool? ParseFails,
    bool? CheckFails,
    string? Tree,
    string? CheckedTree,
    string? CheckedType,
    string? ReferenceError,
    string? Scope,
    string? TreeScope)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static Case Read(string line) =>
        JsonSerializer.Deserialize<Case>(line, Options) ?? throw new InvalidOperationException("A line of the data is null.");

    public override string ToString() => $"{Suite}/{File}/{Section}/{Name}: {Expr}";
}

internal sealed record Expected(JsonElement? Value, string? Error, string? Type);
