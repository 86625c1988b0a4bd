using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Compiling;

/// <summary>
/// A function with the types of its arguments, without white space, brackets or parentheses, which no entitlement may hold:
/// <c>total:int4,_text</c> is <c>total(integer, text[])</c>. Types are named as in pg_type, those outside pg_catalog with their schema.
/// </summary>
internal static class FunctionName
{
    // The names that SQL has for them, which pg_type does not know.
    private static readonly Dictionary<string, string> Spellings = new(StringComparer.Ordinal)
    {
        ["integer"] = "int4", ["int"] = "int4", ["bigint"] = "int8", ["smallint"] = "int2", ["boolean"] = "bool",
        ["real"] = "float4", ["decimal"] = "numeric", ["character"] = "bpchar", ["char"] = "bpchar",
    };

    /// <summary>In the one spelling that observations have, too; null when it is malformed.</summary>
    public static string? Canonical(string name)
    {
        if (name.Split(':') is not { Length: 1 or 2 } parts || !Identifier.IsName(parts[0]))
            return null;
        if (parts.Length == 1)
            return name;
        var types = parts[1].Split(',').Select(InOneSpelling).ToArray();
        return types.All(IsType) ? $"{parts[0]}:{string.Join(',', types)}" : null;
    }

    // A type without a schema is one of pg_catalog.
    private static string InOneSpelling(string type)
    {
        const string own = "pg_catalog.";
        return type.StartsWith(own, StringComparison.Ordinal) ? type[own.Length..] : Spellings.GetValueOrDefault(type, type);
    }

    /// <summary>The arguments of a canonical name as SQL, quoted.</summary>
    public static (string Name, IReadOnlyList<string> Types) Split(string canonical)
    {
        var parts = canonical.Split(':', 2);
        return (parts[0], parts.Length == 1 ? [] : parts[1].Split(','));
    }

    private static bool IsType(string type) => type.Split('.') is { Length: 1 or 2 } segments && segments.All(Identifier.IsName);
}
