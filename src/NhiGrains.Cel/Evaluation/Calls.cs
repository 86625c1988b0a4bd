using NhiGrains.Cel.Functions;

namespace NhiGrains.Cel.Evaluation;

/// <summary>Strict calls: an error of an argument is the error of the call.</summary>
internal static class Calls
{
    public static Node Of(Function function, Node[] arguments, (int, int) place) => arguments.Length == 1
        ? One(function, arguments[0], place)
        : Two(function, arguments[0], arguments[1], place);

    /// <summary><c>matches</c> with a literal pattern, which is compiled here and now.</summary>
    public static Node Matches(Node text, CelValue pattern, int maxLength, (int, int) place)
    {
        if (!Re2.TryCompile(pattern.AsString, maxLength, out var compiled, out var problem))
        {
            var error = Errors.At(Errors.Invalid(problem), place);
            return _ => error;
        }

        return frame =>
        {
            var value = text(frame);
            if (value.IsError)
                return value;
            if (value.Kind != CelKind.String)
                return Errors.At(Errors.NoOverload("matches", value, pattern), place);
            return frame.Charge(1) ? Strings.Match(frame, value.AsString, compiled) : frame.Exceeded();
        };
    }

    private static Node One(Function function, Node argument, (int, int) place) => frame =>
    {
        var value = argument(frame);
        if (value.IsError)
            return value;
        return frame.Charge(1) ? Errors.At(function(frame, [value]), place) : frame.Exceeded();
    };

    private static Node Two(Function function, Node first, Node second, (int, int) place) => frame =>
    {
        var a = first(frame);
        if (a.IsError)
            return a;
        var b = second(frame);
        if (b.IsError)
            return b;
        return frame.Charge(1) ? Errors.At(function(frame, [a, b]), place) : frame.Exceeded();
    };
}
