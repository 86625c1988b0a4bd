namespace NhiGrains.Platforms.Catalogues;

public static class NearestNames
{
    /// <summary>The known names that are nearest to one that is not known, for an error that helps.</summary>
    public static string To(string unknown, IEnumerable<string> known) =>
        string.Join(", ", known
            .OrderBy(name => Distance(unknown.ToLowerInvariant(), name))
            .ThenBy(name => name, StringComparer.Ordinal)
            .Take(3)
            .Select(name => $"'{name}'"));

    /// <summary>How many letters to insert, remove or replace (Levenshtein); the unknown is cut at 64 letters.</summary>
    private static int Distance(string from, string to)
    {
        from = from.Length > 64 ? from[..64] : from;
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
