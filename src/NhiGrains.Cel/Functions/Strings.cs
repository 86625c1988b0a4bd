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
        if (!frame.Charge(CompileCost(Costs.Size(pattern))))
            return frame.Exceeded();
        if (!Re2.TryCompile(pattern.AsString, frame.Limits.MaxPatternLength, out var compiled, out var problem))
            return Errors.Invalid(problem);
        return Match(frame, text.AsString, compiled);
    }

    public static CelValue Match(Frame frame, string text, Re2Pattern pattern) =>
        frame.Charge(Re2Pattern.Cost(text.Length, pattern.Weight)) ? CelValue.Of(pattern.Regex.IsMatch(text)) : frame.Exceeded();

    /// <summary>Of making the automaton of a pattern that was not known when the expression was compiled.</summary>
    public static long CompileCost(long patternSize) => Costs.Sum(1_000, Costs.Product(20, patternSize));

    private static CelValue Test(Frame frame, string function, CelValue a, CelValue b, Func<string, string, bool> test)
    {
        if (a.Kind != CelKind.String || b.Kind != CelKind.String)
            return Errors.NoOverload(function, a, b);
        return frame.Charge(Costs.Product(Costs.Walk(a.AsString.Length), Costs.Walk(b.AsString.Length)))
            ? CelValue.Of(test(a.AsString, b.AsString))
            : frame.Exceeded();
    }
}
