using System.Globalization;
using System.Text;

namespace NhiGrains.Cel;

/// <summary>Values as literals of CEL, where there is a literal.</summary>
internal static class ValueText
{
    private const int MaxLength = 10_000;

    /// <summary>All of a value that is no collection, which may be shared by so many places that it has no end.</summary>
    public static string Of(CelValue value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.Length > MaxLength && value.Kind is CelKind.List or CelKind.Map ? text.ToString(0, MaxLength) + "…" : text.ToString();
    }

    /// <summary>For messages, where a long text would only be in the way.</summary>
    public static string Brief(CelValue value)
    {
        const int Longest = 60;
        return value.Kind == CelKind.String && value.AsString.Length > Longest
            ? Of(CelValue.Text(value.AsString[..Longest])) + "…"
            : Of(value);
    }

    private static void Append(StringBuilder text, CelValue value)
    {
        if (text.Length > MaxLength)
            return;
        switch (value.Kind)
        {
            case CelKind.Null: text.Append("null"); break;
            case CelKind.Bool: text.Append(value.AsBool ? "true" : "false"); break;
            case CelKind.Int: text.Append(CultureInfo.InvariantCulture, $"{value.AsInt}"); break;
            case CelKind.Uint: text.Append(CultureInfo.InvariantCulture, $"{value.AsUint}u"); break;
            case CelKind.Double: text.Append(Double(value.AsDouble)); break;
            case CelKind.String: Quote(text, value.AsString); break;
            case CelKind.Bytes: Quote(text.Append('b'), value.AsBytes.Span); break;
            case CelKind.List: AppendList(text, value.ListItems); break;
            case CelKind.Map: AppendMap(text, value.MapEntries); break;
            case CelKind.Timestamp: text.Append("timestamp(\"").Append(Instants.Format(value)).Append("\")"); break;
            case CelKind.Duration: text.Append("duration(\"").Append(Spans.Format(value)).Append("\")"); break;
            case CelKind.Type: text.Append(value.AsType); break;
            case CelKind.Error: text.Append("error: ").Append(value.AsError.Message); break;
            default: text.Append("(none)"); break;
        }
    }

    /// <summary>The shortest text that reads back as the same double, always recognizable as a double.</summary>
    private static string Double(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "double(\"NaN\")" : value > 0 ? "double(\"Infinity\")" : "double(\"-Infinity\")";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static void AppendList(StringBuilder text, CelValue[] items)
    {
        text.Append('[');
        for (var i = 0; i < items.Length; i++)
            Append(i > 0 ? text.Append(", ") : text, items[i]);
        text.Append(']');
    }

    private static void AppendMap(StringBuilder text, CelMap map)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in map.Entries)
        {
            Append(first ? text : text.Append(", "), key);
            Append(text.Append(": "), value);
            first = false;
        }

        text.Append('}');
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c < ' ' || c == '\u007f')
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                text.Append(c);
        }

        text.Append('"');
    }

    private static void Quote(StringBuilder text, ReadOnlySpan<byte> value)
    {
        text.Append('"');
        foreach (var octet in value)
        {
            if (octet is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\')
                text.Append((char)octet);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }

        text.Append('"');
    }
}
