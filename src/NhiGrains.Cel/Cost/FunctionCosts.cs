using NhiGrains.Cel.Evaluation;
using NhiGrains.Cel.Functions;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Cost;

/// <summary>What a function costs beyond its one step, and how large its result can be (null: a part of its first argument).</summary>
internal static class FunctionCosts
{
    /// <summary>More than the text of any number, timestamp or duration.</summary>
    private const long LongestNumber = 50;

    public static (long Cost, Shape? Result) Of(Expr.Call call, Shape[] arguments)
    {
        var a = arguments[0];
        var b = arguments.Length > 1 ? arguments[1] : Shape.Scalar;
        return call.Function switch
        {
            "_+_" => (Costs.Sum(Costs.Walk(a.Size), Costs.Walk(b.Size)), Sum(a, b)),
            Operators.Equal or Operators.NotEqual => (Math.Min(a.DeepCost, b.DeepCost), Shape.Scalar),
            "_<_" or "_<=_" or "_>_" or "_>=_" => (Costs.Walk(Math.Min(a.Size, b.Size)), Shape.Scalar),
            Operators.In => (Costs.Sum(Costs.Walk(a.Size), Costs.Product(b.Size, Math.Min(a.DeepCost, b.Part?.DeepCost ?? a.DeepCost))), Shape.Scalar),
            Operators.Index => (Costs.Walk(b.Size), null),
            "size" => (Costs.Walk(a.Size), Shape.Scalar),
            "contains" or "startsWith" or "endsWith" =>
                (Costs.Product(Costs.Walk(a.Size), Costs.Walk(b.Size)), Shape.Scalar),
            "matches" => (Matches(call.Arguments[^1], a, b), Shape.Scalar),
            "string" => (Costs.Walk(a.Size), new Shape(Math.Max(a.Size, LongestNumber))),
            "bytes" => (Costs.Walk(a.Size), new Shape(Costs.Product(a.Size, 3))), // At most three octets a char of UTF-16.
            "int" or "uint" or "double" or "bool" or "timestamp" or "duration" => (Costs.Walk(a.Size), Shape.Scalar),
            "dyn" => (0, a),
            _ => (0, Shape.Scalar),
        };
    }

    /// <summary>Of a pattern that is not known yet the worst is assumed.</summary>
    private static long Matches(Expr pattern, Shape text, Shape unknown)
    {
        if (pattern is not Expr.Literal { Value.Kind: CelKind.String } literal)
            return Costs.Sum(Strings.CompileCost(unknown.Size), Re2Pattern.Cost(text.Size, Re2Translator.MaxWeight));
        var translator = new Re2Translator(literal.Value.AsString);
        translator.Translate(); // The checker has let it through.
        return Re2Pattern.Cost(text.Size, translator.Weight);
    }

    private static Shape Sum(Shape a, Shape b) => Shape.Larger(a, b) with { Size = Costs.Sum(a.Size, b.Size) };
}
