using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Evaluation;

/// <summary>
/// The logical operators. An operand that alone determines the result makes an error of the other one go away, on whichever side
/// (Language Definition, <i>Logical Operators</i>).
/// </summary>
internal static class Logic
{
    public static Node And(Node left, Node right, (int, int) place) => frame =>
    {
        var a = left(frame);
        if (a.IsFalse || a.IsFatal)
            return a;
        var b = right(frame);
        if (b.IsFalse || b.IsFatal || (a.IsTrue && b.IsTrue))
            return b;
        return Neither(Operators.And, a, b, place);
    };

    public static Node Or(Node left, Node right, (int, int) place) => frame =>
    {
        var a = left(frame);
        if (a.IsTrue || a.IsFatal)
            return a;
        var b = right(frame);
        if (b.IsTrue || b.IsFatal || (a.IsFalse && b.IsFalse))
            return b;
        return Neither(Operators.Or, a, b, place);
    };

    public static Node Conditional(Node condition, Node whenTrue, Node whenFalse, (int, int) place) => frame =>
    {
        var test = condition(frame);
        if (test.Kind == CelKind.Bool)
            return test.AsBool ? whenTrue(frame) : whenFalse(frame);
        return test.IsError ? test : Errors.At(Errors.NoOverload(Operators.Conditional, test), place);
    };

    private static CelValue Neither(string function, CelValue a, CelValue b, (int, int) place) =>
        a.IsError ? a : b.IsError ? b : Errors.At(Errors.NoOverload(function, a, b), place);
}
