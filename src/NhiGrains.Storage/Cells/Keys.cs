using System.Globalization;

namespace NhiGrains.Storage.Cells;

/// <summary>
/// The names of everything stored. Stored data depends on them. What does not begin with <see cref="Prefix"/> is Orleans' own:
/// membership and reminders, which are made anew when they are lost.
/// </summary>
internal static class Keys
{
    public const string Prefix = "nhi:";
    public const string States = Prefix + "state:";
    public const string Segments = Prefix + "audit:";
    public const string DueSets = Prefix + "due:";
    public const string Marks = Prefix + "marks:";
    public const string Rows = Prefix + "rows:";
    public const string Journal = Prefix + "journal";
    public const string Epoch = Prefix + "epoch";
    public const string Counter = Prefix + "counter";

    public static string State(string stateName, string grainId) => $"{States}{stateName}/{grainId}";

    public static string Segment(int shard, long firstSequence) => string.Create(CultureInfo.InvariantCulture, $"{Segments}{shard}:{firstSequence}");

    /// <summary>The index of the segments of a shard: a sorted set, on a Redis only.</summary>
    public static string SegmentIndex(int shard) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}segments:{shard}");

    public static string Due(int shard) => string.Create(CultureInfo.InvariantCulture, $"{DueSets}{shard}");

    public static string MarksOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"{Marks}{shard}");

    public static string RowsOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"{Rows}{shard}");

    /// <summary>The last batch number that a process wrote, so that a batch that comes late is not taken.</summary>
    public static string Writer(string writer) => $"{Prefix}writer:{writer}";

    public static bool TryParseSegment(string key, out int shard, out long firstSequence)
    {
        (shard, firstSequence) = (0, 0);
        if (!key.StartsWith(Segments, StringComparison.Ordinal))
            return false;
        var parts = key[Segments.Length..].Split(':');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out shard)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out firstSequence);
    }
}
