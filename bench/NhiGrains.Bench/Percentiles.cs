namespace NhiGrains.Bench;

internal static class Percentiles
{
    public static string Of(IEnumerable<TimeSpan> values)
    {
        var sorted = values.Select(value => value.TotalMilliseconds).Order().ToArray();
        return sorted.Length == 0 ? "nothing" : FormattableString.Invariant(
            $"p50 {At(sorted, 0.50):0} ms, p99 {At(sorted, 0.99):0} ms, max {sorted[^1]:0} ms ({sorted.Length})");
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
