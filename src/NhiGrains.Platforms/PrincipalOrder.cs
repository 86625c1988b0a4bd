using System.Text;

namespace NhiGrains.Platforms;

/// <summary>
/// The order in which a platform's principals are told: that of the bytes of their names in UTF-8, which databases have as well.
/// (.NET's ordinal order is another one beyond U+FFFF.)
/// </summary>
public sealed class PrincipalOrder : IComparer<string>
{
    public static readonly PrincipalOrder Instance = new();

    private PrincipalOrder()
    {
    }

    /// <summary>Null comes before every name.</summary>
    public int Compare(string? x, string? y) => x is null || y is null || (Ascii.IsValid(x) && Ascii.IsValid(y))
        ? string.CompareOrdinal(x, y)
        : Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
}
