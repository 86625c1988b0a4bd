namespace NhiGrains.Cel;

/// <summary>Types as text.</summary>
internal static class TypeNotation
{
    private const int MaxDepth = 20;

    /// <param name="allowVariables">Whether single capital letters are variables, as in signatures.</param>
    public static CelType? Parse(string text, bool allowVariables)
    {
        var rest = text.AsSpan();
        var type = Read(ref rest, allowVariables, 0);
        return rest.Trim().IsEmpty ? type : null;
    }

    private static CelType? Read(ref ReadOnlySpan<char> rest, bool allowVariables, int depth)
    {
        rest = rest.TrimStart();
        var end = rest.IndexOfAny("(), ");
        var name = (end < 0 ? rest : rest[..end]).ToString();
        rest = rest[name.Length..].TrimStart();
        var parameters = new List<CelType>();
        if (rest is ['(', ..])
        {
            do
            {
                rest = rest[1..];
                if (depth > MaxDepth || Read(ref rest, allowVariables, depth + 1) is not { } parameter)
                    return null;
                parameters.Add(parameter);
                rest = rest.TrimStart();
            }
            while (rest is [',', ..]);
            if (rest is not [')', ..])
                return null;
            rest = rest[1..];
        }

        return (name, parameters) switch
        {
            ("list", [var element]) => CelType.List(element),
            ("map", [var key, var value]) => CelType.Map(key, value),
            ("type", [var type]) => CelType.TypeOf(type),
            (_, []) => Plain(name, allowVariables),
            _ => null,
        };
    }

    private static CelType? Plain(string name, bool allowVariables) => name switch
    {
        "dyn" => CelType.Dyn,
        "null" or "null_type" => CelType.Null,
        "bool" => CelType.Bool,
        "int" => CelType.Int,
        "uint" => CelType.Uint,
        "double" => CelType.Double,
        "string" => CelType.String,
        "bytes" => CelType.Bytes,
        "timestamp" or "google.protobuf.Timestamp" => CelType.Timestamp,
        "duration" or "google.protobuf.Duration" => CelType.Duration,
        "type" => CelType.Type,
        [>= 'A' and <= 'Z'] when allowVariables => CelType.Variable(name),
        _ => null,
    };
}
