using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>A part of a list, and where the next one begins.</summary>
internal sealed record Page<T>(ImmutableArray<T> Items, string? Next)
{
    public XElement Truncated => new("IsTruncated", Next is null ? "false" : "true");

    public XElement? Marker => Next is null ? null : new("Marker", Next);
}

/// <summary>Cuts lists into pages as the caller asks, and smaller when the faults in force say so.</summary>
internal static class Page
{
    private const int Default = 100;

    /// <summary>In a list with small pages every third has nothing on it, and is still not the last: IAM says that this may be.</summary>
    private const int EmptyEvery = 3;

    /// <param name="items">In the ordinal order of their keys.</param>
    public static Page<T> Of<T>(Call call, IEnumerable<T> items, Func<T, string> key) =>
        Of(call, after => after is null ? items : items.SkipWhile(item => string.CompareOrdinal(key(item), after) <= 0), key);

    /// <param name="rest">What comes after a key, or with null everything.</param>
    public static Page<T> Of<T>(Call call, Func<string?, IEnumerable<T>> rest, Func<T, string> key)
    {
        var most = call.Parameters.Number("MaxItems", 1, 1000, Default);
        var (number, after) = Read(call.Parameters.Optional("Marker"));
        if (call.Account.Surroundings.Faults.Plan.PageSize is { } small)
        {
            most = Math.Min(most, Math.Max(small, 1));
            if (number % EmptyEvery == EmptyEvery - 1)
                most = 0;
        }

        ImmutableArray<T> taken = [.. rest(after).Take(most + 1)];
        if (taken.Length <= most)
            return new(taken, null);
        taken = taken.RemoveAt(most);
        return new(taken, Write(number + 1, taken.IsEmpty ? after : key(taken[^1])));
    }

    private static string Write(int number, string? after) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number} {after}")));

    private static (int Number, string? After) Read(string? marker)
    {
        if (marker is null)
            return (0, null);
        var bytes = new byte[marker.Length];
        if (!Convert.TryFromBase64String(marker, bytes, out var length))
            throw AwsException.Validation("Invalid Marker.");
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(' ', 2);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, parts[1].Length == 0 ? null : parts[1])
            : throw AwsException.Validation("Invalid Marker.");
    }
}
