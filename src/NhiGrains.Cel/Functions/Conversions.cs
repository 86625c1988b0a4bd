using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace NhiGrains.Cel.Functions;

/// <summary>Conversions between types (Language Definition, <i>List of Standard Definitions</i>). What does not fit is an error.</summary>
internal static class Conversions
{
    public static CelValue ToInt(CelValue value) => value.Kind switch
    {
        CelKind.Int => value,
        CelKind.Uint => value.AsUint <= long.MaxValue ? CelValue.Of((long)value.AsUint) : Errors.Overflow("int"),
        CelKind.Double => value.AsDouble is > -9223372036854775808.0 and < 9223372036854775808.0
            ? CelValue.Of((long)value.AsDouble)
            : Errors.Overflow("int"),
        CelKind.String => long.TryParse(value.AsString, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
            ? CelValue.Of(parsed)
            : Errors.Invalid("The text is not an int."),
        CelKind.Timestamp => CelValue.Of(value.AsTimestamp.Seconds),
        _ => Errors.NoOverload("int", value),
    };

    public static CelValue ToUint(CelValue value) => value.Kind switch
    {
        CelKind.Uint => value,
        CelKind.Int => value.AsInt >= 0 ? CelValue.Of((ulong)value.AsInt) : Errors.Overflow("uint"),
        CelKind.Double => value.AsDouble is >= 0 and < 18446744073709551616.0
            ? CelValue.Of((ulong)value.AsDouble)
            : Errors.Overflow("uint"),
        CelKind.String => ulong.TryParse(value.AsString, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? CelValue.Of(parsed)
            : Errors.Invalid("The text is not a uint."),
        _ => Errors.NoOverload("uint", value),
    };

    public static CelValue ToDouble(CelValue value) => value.Kind switch
    {
        CelKind.Double => value,
        CelKind.Int => CelValue.Of((double)value.AsInt),
        CelKind.Uint => CelValue.Of((double)value.AsUint),
        CelKind.String => ParseDouble(value.AsString),
        _ => Errors.NoOverload("double", value),
    };

    public static CelValue ToText(CelValue value) => value.Kind switch
    {
        CelKind.String => value,
        CelKind.Bool => CelValue.Text(value.AsBool ? "true" : "false"),
        CelKind.Int => CelValue.Text(value.AsInt.ToString(CultureInfo.InvariantCulture)),
        CelKind.Uint => CelValue.Text(value.AsUint.ToString(CultureInfo.InvariantCulture)),
        CelKind.Double => CelValue.Text(DoubleText.Of(value.AsDouble)),
        CelKind.Bytes => Decode(value.AsBytes.Span),
        CelKind.Timestamp => CelValue.Text(Instants.Format(value)),
        CelKind.Duration => CelValue.Text(Spans.Format(value)),
        _ => Errors.NoOverload("string", value),
    };

    public static CelValue ToBytes(CelValue value) => value.Kind switch
    {
        CelKind.Bytes => value,
        CelKind.String => CelValue.Octets(Encoding.UTF8.GetBytes(value.AsString)),
        _ => Errors.NoOverload("bytes", value),
    };

    public static CelValue ToBool(CelValue value) => value.Kind switch
    {
        CelKind.Bool => value,
        CelKind.String => value.AsString switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => CelValue.True,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => CelValue.False,
            _ => Errors.Invalid("The text is not a bool."),
        },
        _ => Errors.NoOverload("bool", value),
    };

    public static CelValue ToTimestamp(CelValue value) => value.Kind switch
    {
        CelKind.Timestamp => value,
        CelKind.Int => Instants.Make(value.AsInt, 0),
        CelKind.String => Instants.Parse(value.AsString),
        _ => Errors.NoOverload("timestamp", value),
    };

    public static CelValue ToDuration(CelValue value) => value.Kind switch
    {
        CelKind.Duration => value,
        CelKind.String => Spans.Parse(value.AsString),
        _ => Errors.NoOverload("duration", value),
    };

    public static CelValue TypeOf(CelValue value) => CelValue.Of(CelType.Of(value));

    private static CelValue ParseDouble(string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (text.TrimStart('+', '-') is { } word && text.Length - word.Length <= 1
            && (word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase)))
            return CelValue.Of(text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return CelValue.Of(double.NaN);
        if (!text.AsSpan().ContainsAnyInRange('0', '9')
            || !double.TryParse(text, Style, CultureInfo.InvariantCulture, out var parsed))
            return Errors.Invalid("The text is not a double.");
        return double.IsFinite(parsed) ? CelValue.Of(parsed) : Errors.Overflow("double");
    }

    private static CelValue Decode(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8)
        ? CelValue.Text(Encoding.UTF8.GetString(utf8))
        : Errors.Invalid("The bytes are not UTF-8.");
}
