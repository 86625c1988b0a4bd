using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel.Functions;

/// <summary>The functions on strings. All are ordinal: no culture, no normalization.</summary>
internal static class Strings
{
    public static CelValue Contains(Frame frame, CelValue text, CelValue part) =>
        Test(frame, "contains", text, part, (a, b) => a.Contains(b, StringComparison.Ordinal));

    public static CelValue StartsWith(Frame frame, CelValue text, CelValue prefix) =>
        Test(frame, "startsWith", text, prefix, (a, b) => a.StartsWith(b, StringComparison.Ordinal));

    public static CelValue EndsWith(Frame frame, CelValue text, CelValue suffix) =>
        Test(frame, "endsWith", text, suffix, (a, b) => a.EndsWith(b, StringComparison.Ordinal));

    /// <summary>A pattern that is only known now: the usual literal one is compiled with the expression.</summary>
    public static CelValue Matches(Frame frame, CelValue text, CelValue pattern)
    {
        if (text.Kind != CelKind.String || pattern.Kind != CelKind.String)
            return Errors.NoOverload("matches", text, pattern);
        if (!frame.Charge(Costs.Sum(MatchCost(text, pattern), CompileCost(Costs.Size(pattern)))))
            return frame.Exceeded();
        return Re2.TryCompile(pattern.AsString, frame.Limits.MaxPatternLength, out var regex, out var problem)
            ? CelValue.Of(regex.IsMatch(text.AsString))
            : Errors.Invalid(problem);
    }

    /// <summary>Of making the automaton of a pattern that was not known when the expression was compiled.</summary>
    public static long CompileCost(long patternSize) => Costs.Sum(1_000, Costs.Product(20, patternSize));

    /// <summary>Linear in the text for a pattern, and in the pattern for a text.</summary>
    public static long MatchCost(CelValue text, CelValue pattern) =>
        Costs.Product(Costs.Walk(Costs.Size(text)), Costs.Walk(Costs.Size(pattern)));

    private static CelValue Test(Frame frame, string function, CelValue a, CelValue b, Func<string, string, bool> test)
    {
        if (a.Kind != CelKind.String || b.Kind != CelKind.String)
            return Errors.NoOverload(function, a, b);
        return frame.Charge(Costs.Product(Costs.Walk(a.AsString.Length), Costs.Walk(b.AsString.Length)))
            ? CelValue.Of(test(a.AsString, b.AsString))
            : frame.Exceeded();
    }
}
