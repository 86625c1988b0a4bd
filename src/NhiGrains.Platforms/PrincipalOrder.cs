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

public static class PrincipalOrders
{
    /// <summary>Those whose names come behind <paramref name="after"/>, in the order of <see cref="PrincipalOrder"/>.</summary>
    /// <param name="after">Null for all.</param>
    public static IEnumerable<T> Behind<T>(this IEnumerable<T> all, string? after, Func<T, string> name) => all
        .Select(one => (Name: name(one), One: one))
        .Where(one => PrincipalOrder.Instance.Compare(one.Name, after) > 0)
        .OrderBy(one => one.Name, PrincipalOrder.Instance)
        .Select(one => one.One);
}
