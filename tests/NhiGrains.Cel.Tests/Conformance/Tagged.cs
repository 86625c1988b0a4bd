using System.Globalization;
using System.Text.Json;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>Values of CEL as JSON: one object with one member, whose name is the type.</summary>
internal static class Tagged
{
    public static CelValue Read(JsonElement json)
    {
        var member = json.EnumerateObject().Single();
        var value = member.Value;
        return member.Name switch
        {
            "null" => CelValue.Null,
            "bool" => CelValue.Of(value.GetBoolean()),
            "int" => CelValue.Of(long.Parse(Text(value), CultureInfo.InvariantCulture)),
            "uint" => CelValue.Of(ulong.Parse(Text(value), CultureInfo.InvariantCulture)),
            "double" => CelValue.Of(double.Parse(Text(value), CultureInfo.InvariantCulture)),
            "string" => CelValue.Of(Text(value)),
            "bytes" => CelValue.Of(value.GetBytesFromBase64().AsSpan()),
            "list" => CelValue.List(value.EnumerateArray().Select(Read)),
            "map" => CelValue.Map(value.EnumerateArray().Select(e => KeyValuePair.Create(Read(e[0]), Read(e[1])))),
            "timestamp" => CelValue.Timestamp(Part(value, "seconds"), (int)Part(value, "nanos")),
            "duration" => CelValue.Duration(Part(value, "seconds"), (int)Part(value, "nanos")),
            "type" => CelValue.Of(Type(Text(value))),
            _ => throw new InvalidOperationException($"A value of the unknown kind {member.Name}."),
        };
    }

    /// <summary>For the other evaluator.</summary>
    public static Dictionary<string, object?> Write(CelValue value) => value.Kind switch
    {
        CelKind.Null => One("null", value: null),
        CelKind.Bool => One("bool", value.AsBool),
        CelKind.Int => One("int", value.AsInt.ToString(CultureInfo.InvariantCulture)),
        CelKind.Uint => One("uint", value.AsUint.ToString(CultureInfo.InvariantCulture)),
        CelKind.Double => One("double", value.AsDouble.ToString("R", CultureInfo.InvariantCulture)),
        CelKind.String => One("string", value.AsString),
        CelKind.Bytes => One("bytes", Convert.ToBase64String(value.AsBytes.Span)),
        CelKind.List => One("list", value.AsList.Select(Write)),
        CelKind.Map => One("map", value.AsMap.Select(e => new[] { Write(e.Key), Write(e.Value) })),
        _ => throw new InvalidOperationException($"A binding of kind {value.Kind} is not written."),
    };

    private static Dictionary<string, object?> One(string tag, object? value) => new() { [tag] = value };

    /// <summary>At run time lists and maps are of dyn; their names alone stand in the data.</summary>
    private static CelType Type(string name) => name switch
    {
        "list" => CelType.List(CelType.Dyn),
        "map" => CelType.Map(CelType.Dyn, CelType.Dyn),
        _ => CelType.Parse(name) ?? throw new InvalidOperationException($"'{name}' is no type."),
    };

    private static string Text(JsonElement value) => value.GetString() ?? throw new InvalidOperationException("A value is null.");

    private static long Part(JsonElement value, string name) => long.Parse(Text(value.GetProperty(name)), CultureInfo.InvariantCulture);
}
