using System.Globalization;

namespace NhiGrains.Cel.Functions;

/// <summary>
/// A double as a string. The specification leaves the form open: the shortest digits that read back as the same double, with an
/// exponent below 1e-6 and from 1e21 on, and the words of its JSON mapping for what is not finite.
/// </summary>
internal static class DoubleText
{
    public static string Of(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        if (value == 0)
            return double.IsNegative(value) ? "-0" : "0";
        var (digits, exponent) = Shortest(Math.Abs(value));
        return (value < 0 ? "-" : "") + exponent switch
        {
            >= 21 or < -6 => Scientific(digits, exponent),
            < 0 => "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length <= exponent + 1 => digits.PadRight(exponent + 1, '0'),
            _ => $"{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}",
        };
    }

    private static string Scientific(string digits, int exponent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits.AsSpan(1)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");

    /// <summary>The digits, and the power of ten of the first of them.</summary>
    private static (string Digits, int Exponent) Shortest(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var at = text.IndexOf('E', StringComparison.Ordinal);
        var power = at < 0 ? 0 : int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = at < 0 ? text : text[..at];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var significant = all.TrimStart('0');
        return (significant.TrimEnd('0'), power + whole - 1 - (all.Length - significant.Length));
    }
}
