namespace NhiGrains.Cel.Syntax;

/// <summary>Makes nodes, and refuses the one that makes the tree too deep or too large.</summary>
internal sealed class NodeFactory(CelLimits limits)
{
    private int _nodes;

    public Expr Literal(int position, CelValue value)
    {
        Below(position);
        return new Expr.Literal(position, value);
    }

    public Expr Identifier(int position, string name, bool absolute = false)
    {
        Below(position);
        return new Expr.Identifier(position, name, absolute);
    }

    public Expr Select(int position, Expr operand, string field, bool testOnly = false) =>
        new Expr.Select(position, operand, field, testOnly) { Depth = Below(position, operand) };

    public Expr Call(int position, string function, params Expr[] arguments) =>
        new Expr.Call(position, function, target: null, arguments) { Depth = Below(position, arguments) };

    public Expr Member(int position, string function, Expr target, Expr[] arguments) =>
        new Expr.Call(position, function, target, arguments) { Depth = Below(position, [target, .. arguments]) };

    public Expr List(int position, Expr[] items) => new Expr.ListLiteral(position, items) { Depth = Below(position, items) };

    public Expr Map(int position, Entry[] entries) =>
        new Expr.MapLiteral(position, entries) { Depth = Below(position, [.. entries.SelectMany(e => new[] { e.Key, e.Value })]) };

    public Expr Message(int position, string name, (string Field, Expr Value)[] fields) =>
        new Expr.MessageLiteral(position, name, fields) { Depth = Below(position, [.. fields.Select(f => f.Value)]) };

    public Expr Comprehension(int position, MacroKind kind, Expr range, string variable, Expr? condition, Expr? transform)
    {
        Expr[] parts = [range, .. new[] { condition, transform }.OfType<Expr>()];
        return new Expr.Comprehension(position, kind, range, variable, condition, transform) { Depth = Below(position, parts) };
    }

    private int Below(int position, params ReadOnlySpan<Expr> children)
    {
        if (++_nodes > limits.MaxNodes)
            throw new SyntaxFailure(CelIssueKind.TooLarge, position, $"The expression has more than {limits.MaxNodes} parts.");
        var depth = 1;
        foreach (var child in children)
            depth = Math.Max(depth, child.Depth + 1);
        return depth <= limits.MaxDepth ? depth : throw TooDeep(position);
    }

    public SyntaxFailure TooDeep(int position) =>
        new(CelIssueKind.TooDeep, position, $"The expression is nested deeper than {limits.MaxDepth} levels.");
}
