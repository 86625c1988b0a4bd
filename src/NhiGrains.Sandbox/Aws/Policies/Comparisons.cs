using System.Globalization;
using System.Net;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>One value of the request against one value of the policy, by each operator's rules.</summary>
internal static class Comparisons
{
    private static readonly string[] DateFormats =
    [
        "yyyy", "yyyy-MM", "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    public static bool Matches(string comparison, string value, Glob expected) => comparison switch
    {
        "StringEquals" or "BinaryEquals" => value == expected.Plain,
        "StringEqualsIgnoreCase" => value.Equals(expected.Plain, StringComparison.OrdinalIgnoreCase),
        "StringLike" => expected.Matches(value),
        "ArnLike" => expected.MatchesArn(value),
        "Bool" => value.Equals(expected.Plain, StringComparison.OrdinalIgnoreCase),
        "IpAddress" => IsIn(value, expected.Plain),
        _ when comparison.StartsWith("Numeric", StringComparison.Ordinal) =>
            Compared(comparison["Numeric".Length..], Number(value), Number(expected.Plain)),
        _ when comparison.StartsWith("Date", StringComparison.Ordinal) =>
            Compared(comparison["Date".Length..], Date(value), Date(expected.Plain)),
        _ => throw new InvalidOperationException($"There is no comparison {comparison}."),
    };

    /// <summary>Whether a policy may have this value for this operator. One with a variable is known only later.</summary>
    public static bool CanBe(string comparison, string expected)
    {
        if (expected.Contains("${", StringComparison.Ordinal))
            return true;
        return comparison switch
        {
            "Bool" or "Null" => bool.TryParse(expected, out _),
            "IpAddress" => Network(expected) is not null,
            _ when comparison.StartsWith("Numeric", StringComparison.Ordinal) => Number(expected) is not null,
            _ when comparison.StartsWith("Date", StringComparison.Ordinal) => Date(expected) is not null,
            _ => true,
        };
    }

    private static bool Compared<T>(string how, T? value, T? expected)
        where T : struct, IComparable<T>
    {
        if (value is not { } one || expected is not { } other)
            return false;
        var order = one.CompareTo(other);
        return how switch
        {
            "Equals" => order == 0,
            "LessThan" => order < 0,
            "LessThanEquals" => order <= 0,
            "GreaterThan" => order > 0,
            "GreaterThanEquals" => order >= 0,
            _ => throw new InvalidOperationException($"There is no comparison {how}."),
        };
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>As a date of ISO 8601, or in seconds since 1970: a number of four digits is a year.</summary>
    private static DateTimeOffset? Date(string text)
    {
        if (DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return date;
        var highest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && seconds <= highest
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    private static bool IsIn(string address, string network)
    {
        if (!IPAddress.TryParse(address, out var asked) || Network(network) is not { } range)
            return false;
        var from = (asked.IsIPv4MappedToIPv6 ? asked.MapToIPv4() : asked).GetAddressBytes();
        var to = range.Address.GetAddressBytes();
        if (from.Length != to.Length)
            return false;
        for (var bit = 0; bit < range.Bits; bit++)
        {
            if (((from[bit / 8] ^ to[bit / 8]) & (0x80 >> (bit % 8))) != 0)
                return false;
        }

        return true;
    }

    private static (IPAddress Address, int Bits)? Network(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address))
            return null;
        var most = address.GetAddressBytes().Length * 8;
        if (parts.Length == 1)
            return (address, most);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= most ? (address, bits) : null;
    }
}
