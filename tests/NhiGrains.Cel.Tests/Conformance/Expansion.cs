using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>A macro as the fold that the reference implementation makes of it.</summary>
internal sealed record Expansion(Expr Initial, Expr Condition, Expr Step, Expr Result)
{
    private static Expr Accumulator => new Expr.Identifier(0, "@result", absolute: false);

    public static Expansion Of(Expr.Comprehension macro)
    {
        var predicate = macro.Condition ?? Literal(CelValue.Of(true));
        return macro.Kind switch
        {
            MacroKind.All => new(
                Literal(CelValue.Of(true)), Call("@not_strictly_false", Accumulator), Call("_&&_", Accumulator, predicate), Accumulator),
            MacroKind.Exists => new(
                Literal(CelValue.Of(false)),
                Call("@not_strictly_false", Call("!_", Accumulator)),
                Call("_||_", Accumulator, predicate),
                Accumulator),
            MacroKind.ExistsOne => new(
                Literal(CelValue.Of(0L)),
                Literal(CelValue.Of(true)),
                Call("_?_:_", predicate, Call("_+_", Accumulator, Literal(CelValue.Of(1L))), Accumulator),
                Call("_==_", Accumulator, Literal(CelValue.Of(1L)))),
            _ => new(new Expr.ListLiteral(0, []), Literal(CelValue.Of(true)), Collect(macro), Accumulator),
        };
    }

    private static Expr.Call Collect(Expr.Comprehension macro)
    {
        var item = macro.Transform ?? new Expr.Identifier(0, macro.Variable, absolute: false);
        var more = Call("_+_", Accumulator, new Expr.ListLiteral(0, [item]));
        return macro.Condition is null ? more : Call("_?_:_", macro.Condition, more, Accumulator);
    }

    private static Expr.Literal Literal(CelValue value) => new(0, value);

    private static Expr.Call Call(string function, params Expr[] arguments) => new(0, function, target: null, arguments);
}
