using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel.Functions;

/// <summary>Equality and ordering (Language Definition, <i>Equality and Ordering</i>), numbers across their types.</summary>
internal static class Comparison
{
    private const int MaxDepth = 500;

    public static CelValue Equal(Frame frame, CelValue a, CelValue b) => Same(frame, a, b, 0) switch
    {
        null => frame.Exceeded(),
        true => CelValue.True,
        false => CelValue.False,
    };

    public static CelValue NotEqual(Frame frame, CelValue a, CelValue b) => Same(frame, a, b, 0) switch
    {
        null => frame.Exceeded(),
        true => CelValue.False,
        false => CelValue.True,
    };

    /// <summary>Whether the two are equal, or null when the limit of the cost is reached.</summary>
    public static bool? Same(Frame frame, CelValue a, CelValue b, int depth)
    {
        if (depth > MaxDepth || !frame.Charge(1 + Costs.Walk(Math.Min(Costs.Size(a), Costs.Size(b)))))
            return null;
        if (IsNumber(a) && IsNumber(b))
            return CompareNumbers(a, b) == 0;
        if (a.Kind != b.Kind)
            return false;
        return a.Kind switch
        {
            CelKind.List => SameList(frame, a.ListItems, b.ListItems, depth),
            CelKind.Map => SameMap(frame, a.MapEntries, b.MapEntries, depth),
            CelKind.Type => string.Equals(a.AsType.Name, b.AsType.Name, StringComparison.Ordinal),
            _ => a.Equals(b),
        };
    }

    public static CelValue Less(Frame frame, CelValue a, CelValue b) => Ordered(frame, "_<_", a, b, order => order < 0);

    public static CelValue LessOrEqual(Frame frame, CelValue a, CelValue b) => Ordered(frame, "_<=_", a, b, order => order <= 0);

    public static CelValue Greater(Frame frame, CelValue a, CelValue b) => Ordered(frame, "_>_", a, b, order => order > 0);

    public static CelValue GreaterOrEqual(Frame frame, CelValue a, CelValue b) => Ordered(frame, "_>=_", a, b, order => order >= 0);

    private static CelValue Ordered(Frame frame, string function, CelValue a, CelValue b, Func<int, bool> holds)
    {
        if (!frame.Charge(Costs.Walk(Math.Min(Costs.Size(a), Costs.Size(b)))))
            return frame.Exceeded();
        if (IsNumber(a) && IsNumber(b))
            return CelValue.Of(CompareNumbers(a, b) is { } number && holds(number));
        if (a.Kind != b.Kind)
            return Errors.NoOverload(function, a, b);
        return a.Kind switch
        {
            CelKind.Bool => CelValue.Of(holds(a.AsBool.CompareTo(b.AsBool))),
            CelKind.String => CelValue.Of(holds(CodePoints.Compare(a.AsString, b.AsString))),
            CelKind.Bytes => CelValue.Of(holds(a.AsBytes.Span.SequenceCompareTo(b.AsBytes.Span))),
            CelKind.Timestamp => CelValue.Of(holds(a.AsTimestamp.CompareTo(b.AsTimestamp))),
            CelKind.Duration => CelValue.Of(holds(a.AsDuration.CompareTo(b.AsDuration))),
            _ => Errors.NoOverload(function, a, b),
        };
    }

    private static bool IsNumber(CelValue value) => value.Kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>By value; null if one is not a number.</summary>
    private static int? CompareNumbers(CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => a.AsInt.CompareTo(b.AsInt),
        (CelKind.Uint, CelKind.Uint) => a.AsUint.CompareTo(b.AsUint),
        (CelKind.Double, CelKind.Double) => CompareDoubles(a.AsDouble, b.AsDouble),
        (CelKind.Double, _) => -CompareDouble(Whole(b), a.AsDouble),
        (_, CelKind.Double) => CompareDouble(Whole(a), b.AsDouble),
        _ => Whole(a).CompareTo(Whole(b)),
    };

    private static Int128 Whole(CelValue value) => value.Kind == CelKind.Int ? value.AsInt : value.AsUint;

    private static int? CompareDoubles(double a, double b) =>
        double.IsNaN(a) || double.IsNaN(b) ? null : a < b ? -1 : a > b ? 1 : 0;

    /// <summary>A whole number is compared as a double, which beyond 2^53 can lose its last digits: the conformance data wants it.</summary>
    private static int? CompareDouble(Int128 whole, double other) => CompareDoubles((double)whole, other);

    private static bool? SameList(Frame frame, CelValue[] a, CelValue[] b, int depth)
    {
        if (a.Length != b.Length)
            return false;
        for (var i = 0; i < a.Length; i++)
        {
            if (Same(frame, a[i], b[i], depth + 1) is not true and var different)
                return different;
        }

        return true;
    }

    private static bool? SameMap(Frame frame, CelMap a, CelMap b, int depth)
    {
        if (a.Count != b.Count)
            return false;
        foreach (var (key, value) in a.Entries)
        {
            if (!b.TryGet(key, out var there))
                return false;
            if (Same(frame, value, there, depth + 1) is not true and var different)
                return different;
        }

        return true;
    }
}
