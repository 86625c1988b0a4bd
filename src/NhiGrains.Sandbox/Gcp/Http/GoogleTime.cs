using System.Globalization;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>Times as Google writes them: RFC 3339 in UTC.</summary>
internal static class GoogleTime
{
    public static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Milliseconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
