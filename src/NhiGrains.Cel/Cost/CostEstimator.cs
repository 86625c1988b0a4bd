using NhiGrains.Cel.Checking;
using NhiGrains.Cel.Evaluation;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Cost;

/// <summary>
/// What an evaluation can cost at most, from the sizes that the attributes declare. It counts what the evaluation counts, with the
/// larger branch of a conditional and every element of every loop (Language Definition, <i>Performance</i>).
/// </summary>
internal sealed class CostEstimator(
    Names names, IReadOnlyDictionary<string, CelAttribute> attributes, CelLimits limits, Checked types)
{
    private readonly List<(string Name, Shape Shape)> _variables = [];

    public long Estimate(Expr expression) => Visit(expression).Cost;

    private (long Cost, Shape Shape) Visit(Expr expression)
    {
        switch (names.Resolve(expression, name => _variables.Exists(v => v.Name == name)))
        {
            case Reference.Variable variable:
                return (0, _variables.FindLast(v => v.Name == variable.Name).Shape);
            case Reference.Attribute attribute:
                return (1, Shape.Of(attribute.Type, attributes[attribute.Name].MaxSize ?? limits.AssumedSize));
            case Reference.TypeName:
                return (0, Shape.Scalar);
        }

        return expression switch
        {
            Expr.Literal literal => (0, new Shape(Costs.Size(literal.Value))),
            Expr.Select select => Selection(select),
            Expr.Call call => Call(call),
            Expr.ListLiteral list => Aggregate(list.Items, list.Items.Length),
            Expr.MapLiteral map => Map(map),
            Expr.Comprehension macro => Macro(macro),
            _ => throw new InvalidOperationException($"A checked tree has no {expression.GetType().Name} here."),
        };
    }

    private (long, Shape) Selection(Expr.Select select)
    {
        var (cost, operand) = Visit(select.Operand);
        return (Costs.Sum(cost, 1), select.TestOnly ? Shape.Scalar : Part(operand, select));
    }

    /// <summary>Of a part of unknown shape its type is still known.</summary>
    private Shape Part(Shape whole, Expr part) => whole.Part ?? Shape.Of(types.Types[part], limits.AssumedSize);

    private (long, Shape) Call(Expr.Call call)
    {
        var arguments = new[] { call.Target }.OfType<Expr>().Concat(call.Arguments).Select(Visit).ToArray();
        if (call.Function == Operators.Conditional)
        {
            var branches = Math.Max(arguments[1].Cost, arguments[2].Cost);
            return (Costs.Sum(arguments[0].Cost, branches), Shape.Larger(arguments[1].Shape, arguments[2].Shape));
        }

        var before = arguments.Aggregate(1L, (sum, argument) => Costs.Sum(sum, argument.Cost));
        var (own, shape) = FunctionCosts.Of(call, [.. arguments.Select(a => a.Shape)]);
        return (Costs.Sum(before, own), shape ?? Part(arguments[0].Shape, call));
    }

    private (long, Shape) Aggregate(IEnumerable<Expr> parts, int size)
    {
        var cost = 1L + size;
        Shape? largest = null;
        foreach (var part in parts)
        {
            var (partCost, shape) = Visit(part);
            cost = Costs.Sum(cost, partCost);
            largest = largest is null ? shape : Shape.Larger(largest, shape);
        }

        return (cost, new Shape(size, largest));
    }

    private (long, Shape) Map(Expr.MapLiteral map)
    {
        var keys = map.Entries.Sum(entry => Costs.Walk(Visit(entry.Key).Shape.Size));
        var (cost, shape) = Aggregate(map.Entries.SelectMany(e => new[] { e.Key, e.Value }), map.Entries.Length);
        return (Costs.Sum(cost, keys), shape);
    }

    private (long, Shape) Macro(Expr.Comprehension macro)
    {
        var (rangeCost, range) = Visit(macro.Range);
        var element = range.Part ?? Shape.Scalar;
        _variables.Add((macro.Variable, element));
        var condition = macro.Condition is null ? 0 : Visit(macro.Condition).Cost;
        var (transformCost, transformed) = macro.Transform is null ? (0, element) : Visit(macro.Transform);
        _variables.RemoveAt(_variables.Count - 1);
        var once = Costs.Sum(1, Costs.Sum(condition, transformCost));
        var isList = macro.Kind is MacroKind.Map or MacroKind.Filter;
        return (Costs.Sum(rangeCost, Costs.Product(range.Size, once)), isList ? new Shape(range.Size, transformed) : Shape.Scalar);
    }
}
