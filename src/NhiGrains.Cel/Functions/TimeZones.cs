using System.Globalization;

namespace NhiGrains.Cel.Functions;

/// <summary>Names of the IANA database, <c>UTC</c>, and fixed offsets such as <c>+02:00</c>.</summary>
internal static class TimeZones
{
    /// <summary>Seconds east of UTC at that instant; false if there is no such zone.</summary>
    public static bool TryOffset(string zone, long epochSeconds, out long offset)
    {
        offset = 0;
        if (zone is "UTC" or "")
            return true;
        return zone[0] is '+' or '-' || char.IsAsciiDigit(zone[0])
            ? TryFixed(zone, out offset)
            : TryNamed(zone, epochSeconds, out offset);
    }

    private static bool TryFixed(string zone, out long offset)
    {
        offset = 0;
        var digits = zone[0] is '+' or '-' ? zone.AsSpan(1) : zone;
        if (digits.Length != 5 || digits[2] != ':'
            || !int.TryParse(digits[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(digits[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || hours > 23 || minutes > 59)
            return false;
        offset = ((hours * 60) + minutes) * (zone[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool TryNamed(string zone, long epochSeconds, out long offset)
    {
        offset = 0;
        if (!CelTimeZones.TryFind(zone, out var found))
            return false;
        var utc = new DateTime(DateTime.UnixEpoch.Ticks + (epochSeconds * TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        offset = (long)found.GetUtcOffset(utc).TotalSeconds;
        return true;
    }
}
