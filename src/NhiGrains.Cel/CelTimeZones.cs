using System.Diagnostics.CodeAnalysis;

namespace NhiGrains.Cel;

/// <summary>Time zones by their names in the IANA database, as every machine means them.</summary>
public static class CelTimeZones
{
    // Beside the zones the folder of the database has the machine's own, and each zone again with other leap seconds.
    private static readonly string[] NoZones = ["Local", "localtime", "posixrules", "Factory"];
    private static readonly string[] NoFolders = ["posix/", "right/"];

    /// <summary>False for what is no zone, and for what means another one on another machine.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return name.Length <= 64
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '/')
            && !NoZones.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !NoFolders.Any(folder => name.StartsWith(folder, StringComparison.OrdinalIgnoreCase))
            && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone);
    }
}
