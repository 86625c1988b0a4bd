namespace NhiGrains.Cel.Syntax;

/// <summary>The macros of the specification: calls that are rewritten while parsing (Language Definition, <i>Macros</i>).</summary>
internal static class Macros
{
    /// <summary><c>has(e.f)</c>, or null if this is an ordinary call.</summary>
    public static Expr? Global(NodeFactory nodes, int position, string name, Expr[] arguments)
    {
        if (name != "has" || arguments.Length != 1)
            return null;
        return arguments[0] is Expr.Select { TestOnly: false } select
            ? nodes.Select(position, select.Operand, select.Field, testOnly: true)
            : throw new SyntaxFailure(CelIssueKind.Syntax, arguments[0].Position, "The argument of has() has to be a selection such as a.b.");
    }

    /// <summary>A comprehension, or null if this is an ordinary call.</summary>
    public static Expr? Member(NodeFactory nodes, int position, string name, Expr target, Expr[] arguments)
    {
        MacroKind? kind = (name, arguments.Length) switch
        {
            ("all", 2) => MacroKind.All,
            ("exists", 2) => MacroKind.Exists,
            ("exists_one" or "existsOne", 2) => MacroKind.ExistsOne,
            ("map", 2 or 3) => MacroKind.Map,
            ("filter", 2) => MacroKind.Filter,
            _ => null,
        };
        if (kind is null)
            return null;
        if (arguments[0] is not Expr.Identifier { Absolute: false } variable)
            throw new SyntaxFailure(CelIssueKind.Syntax, arguments[0].Position, $"The first argument of {name}() has to be a simple name.");
        if (variable.Name is "__result__" or "@result")
            throw new SyntaxFailure(CelIssueKind.Syntax, variable.Position, $"'{variable.Name}' is taken by the macros themselves.");
        var condition = kind == MacroKind.Map && arguments.Length == 2 ? null : arguments[1];
        var transform = kind == MacroKind.Map ? arguments[^1] : null;
        return nodes.Comprehension(position, kind.Value, target, variable.Name, condition, transform);
    }
}
