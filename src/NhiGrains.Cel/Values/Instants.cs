using System.Globalization;
using System.Text.RegularExpressions;

namespace NhiGrains.Cel;

/// <summary>Timestamps: from the first second of year 1 to the last of year 9999, as text in the form of RFC 3339.</summary>
internal static partial class Instants
{
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>The timestamp, or the error that it is out of range. <paramref name="nanos"/> may be out of its second.</summary>
    public static CelValue Make(Int128 seconds, long nanos)
    {
        var carry = Math.DivRem(nanos, Spans.NanosPerSecond, out var rest);
        if (rest < 0)
            (carry, rest) = (carry - 1, rest + Spans.NanosPerSecond);
        seconds += carry;
        return seconds < MinSeconds || seconds > MaxSeconds
            ? Errors.Overflow("timestamp")
            : CelValue.RawTimestamp((long)seconds, (int)rest);
    }

    public static CelValue Parse(string text)
    {
        if (Rfc3339().Match(text) is not { Success: true } match)
            return Errors.Invalid("The text is not a timestamp in the form of RFC 3339.");
        int Part(string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var (year, month, day) = (Part("Y"), Part("M"), Part("D"));
        var (hour, minute, second) = (Part("h"), Part("m"), Part("s"));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
            return Errors.Invalid("The text is not a date and time that exists.");
        var nanos = match.Groups["f"].Success ? Spans.Fraction(match.Groups["f"].Value) : 0;
        var offset = 0;
        if (match.Groups["sign"].Success)
        {
            if (Part("oh") > 23 || Part("om") > 59)
                return Errors.Invalid("The offset from UTC is out of range.");
            offset = ((Part("oh") * 60) + Part("om")) * (match.Groups["sign"].Value == "-" ? -60 : 60);
        }

        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        return Make((ticks / TimeSpan.TicksPerSecond) - offset, nanos);
    }

    public static string Format(CelValue timestamp)
    {
        var (seconds, nanos) = timestamp.AsTimestamp;
        var whole = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond);
        return whole.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Spans.FractionText(nanos) + "Z";
    }

    [GeneratedRegex(
        @"\A(?<Y>[0-9]{4})-(?<M>[0-9]{2})-(?<D>[0-9]{2})T(?<h>[0-9]{2}):(?<m>[0-9]{2}):(?<s>[0-9]{2})(\.(?<f>[0-9]+))?"
        + @"(Z|(?<sign>[+-])(?<oh>[0-9]{2}):(?<om>[0-9]{2}))\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rfc3339();
}
