using System.Collections.Immutable;
using System.Text;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>
/// Pages of a list that is sorted by name. A token names the last entry that was given, so that a list that changes between two pages
/// neither repeats nor leaves out what was there all the time.
/// </summary>
internal static class Paging
{
    private const char Empty = 'e', Full = 'f';

    /// <param name="size">What the caller asks for, or the platform's own default.</param>
    /// <param name="most">What a plan of faults allows; some pages are then empty and still have a next one.</param>
    public static (IReadOnlyList<string> Names, string? Next) Page(ImmutableSortedSet<string> all, string? token, int size, int? most)
    {
        var (after, wasEmpty) = Read(token);
        var start = after.Length == 0 ? 0 : all.IndexOf(after) is var at and >= 0 ? at + 1 : ~all.IndexOf(after);
        var take = Math.Max(1, Math.Min(size, most ?? size));
        if (most is not null && !wasEmpty && start / take % 2 == 0 && start < all.Count)
            return ([], Write(Empty, after));
        var names = new List<string>(take);
        for (var i = start; i < all.Count && names.Count < take; i++)
            names.Add(all[i]);
        return (names, start + names.Count < all.Count ? Write(Full, names[^1]) : null);
    }

    private static string Write(char kind, string after) => Convert.ToBase64String(Encoding.UTF8.GetBytes(kind + after));

    private static (string After, bool WasEmpty) Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return ("", false);
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || length == 0 || bytes[0] is not ((byte)Empty or (byte)Full))
            throw GoogleError.Invalid("The page token is not valid.", "page_token");
        return (Encoding.UTF8.GetString(bytes, 1, length - 1), bytes[0] == Empty);
    }
}
