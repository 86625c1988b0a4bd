namespace NhiGrains.Cel.Evaluation;

/// <summary>
/// The units of cost: one for a step; a function that reads its arguments costs one more for every ten characters, octets or
/// elements of them (Language Definition, <i>Time Complexity</i>).
/// </summary>
internal static class Costs
{
    public static long Sum(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    public static long Product(long a, long b) => a != 0 && b > long.MaxValue / a ? long.MaxValue : a * b;

    /// <summary>The cost of going once through so many characters, octets or elements.</summary>
    public static long Walk(long size) => (size / 10) + (size % 10 == 0 ? 0 : 1);

    public static long Size(CelValue value) => value.Kind switch
    {
        CelKind.String => value.AsString.Length,
        CelKind.Bytes => value.AsBytes.Length,
        CelKind.List => value.ListItems.Length,
        CelKind.Map => value.MapEntries.Count,
        _ => 1,
    };
}
