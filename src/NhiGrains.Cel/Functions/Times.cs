namespace NhiGrains.Cel.Functions;

/// <summary>The getters of timestamps, in UTC or in a time zone, and of durations (Language Definition, <i>Timezones</i>).</summary>
internal static class Times
{
    public static readonly IReadOnlyDictionary<string, Func<DateTime, long>> Getters =
        new Dictionary<string, Func<DateTime, long>>(StringComparer.Ordinal)
        {
            ["getFullYear"] = t => t.Year,
            ["getMonth"] = t => t.Month - 1,
            ["getDate"] = t => t.Day,
            ["getDayOfMonth"] = t => t.Day - 1,
            ["getDayOfWeek"] = t => (long)t.DayOfWeek,
            ["getDayOfYear"] = t => t.DayOfYear - 1,
            ["getHours"] = t => t.Hour,
            ["getMinutes"] = t => t.Minute,
            ["getSeconds"] = t => t.Second,
            ["getMilliseconds"] = t => t.Millisecond,
        };

    public static CelValue Get(string getter, CelValue value) => value.Kind switch
    {
        CelKind.Timestamp => InZone(getter, value, 0),
        CelKind.Duration => OfDuration(getter, value),
        _ => Errors.NoOverload(getter, value),
    };

    public static CelValue Get(string getter, CelValue value, CelValue zone)
    {
        if (value.Kind != CelKind.Timestamp || zone.Kind != CelKind.String)
            return Errors.NoOverload(getter, value, zone);
        return TimeZones.TryOffset(zone.AsString, value.AsTimestamp.Seconds, out var offset)
            ? InZone(getter, value, offset)
            : Errors.Invalid($"There is no time zone {ValueText.Brief(zone)}.");
    }

    private static CelValue InZone(string getter, CelValue value, long offset)
    {
        var (seconds, nanos) = value.AsTimestamp;
        var ticks = DateTime.UnixEpoch.Ticks + ((seconds + offset) * TimeSpan.TicksPerSecond) + (nanos / 100);
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks
            ? Errors.Overflow("timestamp")
            : CelValue.Of(Getters[getter](new DateTime(ticks, DateTimeKind.Unspecified)));
    }

    private static CelValue OfDuration(string getter, CelValue value)
    {
        var (seconds, nanos) = value.AsDuration;
        return getter switch
        {
            "getHours" => CelValue.Of(seconds / 3600),
            "getMinutes" => CelValue.Of(seconds / 60),
            "getSeconds" => CelValue.Of(seconds),
            "getMilliseconds" => CelValue.Of((long)nanos / 1_000_000),
            _ => Errors.NoOverload(getter, value),
        };
    }
}
