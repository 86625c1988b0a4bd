using System.Globalization;

namespace NhiGrains.Cel;

/// <summary>Durations, as text in the form <c>1h30m0.5s</c>.</summary>
internal static class Spans
{
    public const long NanosPerSecond = 1_000_000_000;

    /// <summary>
    /// The nanoseconds of a duration fit into an int, as the conformance data wants it: about 292 years.
    /// </summary>
    public static bool IsInRange(Int128 nanos) => nanos >= long.MinValue && nanos <= long.MaxValue;

    public static CelValue Make(Int128 nanos)
    {
        return IsInRange(nanos)
            ? CelValue.RawDuration((long)(nanos / NanosPerSecond), (int)(nanos % NanosPerSecond))
            : Errors.Overflow("duration");
    }

    public static Int128 Nanos(CelValue duration)
    {
        var (seconds, nanos) = duration.AsDuration;
        return ((Int128)seconds * NanosPerSecond) + nanos;
    }

    public static CelValue Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['+' or '-', ..])
            rest = rest[1..];
        if (rest is "0")
            return CelValue.RawDuration(0, 0);
        if (rest.IsEmpty || rest.Length > 100)
            return Malformed();
        Int128 total = 0;
        while (!rest.IsEmpty)
        {
            if (!TryTakeNumber(ref rest, out var whole, out var fraction) || !TryTakeUnit(ref rest, out var unit))
                return Malformed();
            total += (whole * unit) + (Fraction(fraction) * (Int128)unit / NanosPerSecond);
            if (!IsInRange(total - 1)) // The smallest duration has one nanosecond more than the largest.
                return Errors.Overflow("duration");
        }

        return Make(negative ? -total : total);
    }

    public static string Format(CelValue duration)
    {
        var (seconds, nanos) = duration.AsDuration;
        var sign = seconds < 0 || nanos < 0 ? "-" : "";
        return $"{sign}{Math.Abs(seconds).ToString(CultureInfo.InvariantCulture)}{FractionText(Math.Abs(nanos))}s";
    }

    /// <summary>The digits behind a point as nanoseconds; what is finer is cut off.</summary>
    public static long Fraction(string digits) =>
        digits.Length == 0 ? 0 : long.Parse(digits.PadRight(9, '0').AsSpan(0, 9), NumberStyles.None, CultureInfo.InvariantCulture);

    public static string FractionText(int nanos) =>
        nanos == 0 ? "" : "." + nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out Int128 whole, out string fraction)
    {
        whole = 0;
        fraction = "";
        var digits = DigitsAtStart(rest);
        if (digits > 18)
            return false;
        if (digits > 0)
            whole = long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        rest = rest[digits..];
        if (rest is not ['.', ..])
            return digits > 0;
        var behind = DigitsAtStart(rest[1..]);
        fraction = rest.Slice(1, behind).ToString();
        rest = rest[(1 + behind)..];
        return digits + behind > 0;
    }

    private static int DigitsAtStart(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out long nanos)
    {
        (nanos, var length) = rest switch
        {
            ['n', 's', ..] => (1L, 2),
            ['u' or 'µ' or 'μ', 's', ..] => (1_000L, 2),
            ['m', 's', ..] => (1_000_000L, 2),
            ['s', ..] => (NanosPerSecond, 1),
            ['m', ..] => (60 * NanosPerSecond, 1),
            ['h', ..] => (3_600 * NanosPerSecond, 1),
            _ => (0L, 0),
        };
        rest = rest[length..];
        return length > 0;
    }

    private static CelValue Malformed() => Errors.Invalid("The text is not a duration such as 1h30m or 2.5s.");
}
