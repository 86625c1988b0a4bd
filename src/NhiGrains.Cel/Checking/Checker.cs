using NhiGrains.Cel.Functions;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Checking;

/// <summary>Gives each node its type, or says why there is none (Language Definition, <i>Gradual Type Checking</i>).</summary>
internal sealed class Checker(Names names, CelLimits limits)
{
    private readonly Unifier _unifier = new();
    private readonly Checked _result = new();
    private readonly List<(string Name, CelType Type)> _variables = [];

    public Checked Check(Expr expression, CelType? expected)
    {
        var type = Visit(expression);
        if (expected is not null && !_unifier.Fits(expected, type))
            Problem(CelIssueKind.Type, expression, $"The expression is of type {_unifier.Resolve(type, final: true)}, not {expected}.");
        foreach (var (node, open) in _result.Types)
            _result.Types[node] = _unifier.Resolve(open, final: true);
        return _result;
    }

    private CelType Visit(Expr expression)
    {
        var type = Named(expression) ?? expression switch
        {
            Expr.Literal literal => CelType.Of(literal.Value),
            Expr.Identifier name => Undeclared(name, name.Name),
            Expr.Select select => Selection(select),
            Expr.Call call => Call(call),
            Expr.ListLiteral list => CelType.List(Joined(list.Items)),
            Expr.MapLiteral map => Map(map),
            Expr.Comprehension macro => Macro(macro),
            Expr.MessageLiteral message => Undeclared(message, message.Name),
            _ => throw new InvalidOperationException($"Unknown node {expression.GetType().Name}."),
        };
        return _result.Types[expression] = type;
    }

    private CelType? Named(Expr expression)
    {
        switch (names.Resolve(expression, name => _variables.Exists(v => v.Name == name)))
        {
            case Reference.Variable variable:
                _result.Attributes[expression] = variable.Name;
                return _variables.FindLast(v => v.Name == variable.Name).Type;
            case Reference.Attribute attribute:
                _result.Attributes[expression] = attribute.Name;
                return attribute.Type;
            case Reference.TypeName type:
                _result.Attributes[expression] = type.Type.Name;
                return CelType.TypeOf(type.Type);
            default:
                return null;
        }
    }

    private CelType Selection(Expr.Select select)
    {
        var operand = _unifier.Resolve(Visit(select.Operand));
        if (operand.IsVariable)
            _unifier.Fits(operand, CelType.Dyn);
        else if (!operand.IsDyn && operand.Kind != CelKind.Map)
            return Problem(CelIssueKind.Type, select, $"A {operand} has no fields.");
        return select.TestOnly ? CelType.Bool : operand.Kind == CelKind.Map ? operand.Parameters[1] : CelType.Dyn;
    }

    private CelType Call(Expr.Call call)
    {
        CelType[] arguments = [.. new[] { call.Target }.OfType<Expr>().Concat(call.Arguments).Select(Visit)];
        if (call.Function is Operators.And or Operators.Or)
            return Logic(call, arguments);
        var overloads = Signatures.Of(call.Function);
        if (overloads.Length == 0)
            return Undeclared(call, call.Function);
        if (call is { Function: "matches", Arguments: [.., Expr.Literal { Value.Kind: CelKind.String } pattern] }
            && !Re2.TryCompile(pattern.Value.AsString, limits.MaxPatternLength, out _, out var problem))
            return Problem(CelIssueKind.InvalidLiteral, pattern, problem);
        var (result, ids) = Matching(overloads.Where(o => o.IsMember == call.Target is not null), arguments);
        _result.Overloads[call] = [.. ids];
        var given = string.Join(", ", arguments.Select(a => _unifier.Resolve(a, final: true)));
        return result ?? Problem(
            CelIssueKind.NoMatchingOverload, call, $"No overload of '{call.Function}' takes ({given}){(call.Target is null ? "" : " as a method")}.");
    }

    /// <summary>With both operands told apart: in a long chain the operator alone would not say which one is wrong.</summary>
    private CelType Logic(Expr.Call call, CelType[] operands)
    {
        for (var i = 0; i < operands.Length; i++)
        {
            if (!_unifier.Fits(CelType.Bool, operands[i]))
                Problem(CelIssueKind.Type, call.Arguments[i], $"The operand is of type {_unifier.Resolve(operands[i], final: true)}, not bool.");
        }

        _result.Overloads[call] = [.. Signatures.Of(call.Function).Select(overload => overload.Id)];
        return CelType.Bool;
    }

    /// <summary>
    /// The overloads that fit, and the type they all result in, or <c>dyn</c>. If they do not agree, none of them says anything about
    /// types that are still open; if they do, the first one does, as in the reference implementation.
    /// </summary>
    private (CelType? Result, List<string> Ids) Matching(IEnumerable<Overload> overloads, CelType[] arguments)
    {
        CelType? result = null;
        var ids = new List<string>();
        var before = _unifier.Save();
        var after = before;
        foreach (var overload in overloads)
        {
            _unifier.Restore(before);
            var (parameters, own) = _unifier.Instantiate(overload);
            if (!_unifier.Fits(parameters, arguments))
                continue;
            ids.Add(overload.Id);
            own = _unifier.Resolve(own);
            if (result is null)
                after = _unifier.Save();
            result = result is null || result == own ? own : CelType.Dyn;
        }

        _unifier.Restore(result is { IsDyn: true } ? before : after);
        return (result, ids);
    }

    private CelType Joined(IEnumerable<Expr> items)
    {
        CelType? joined = null;
        foreach (var item in items)
            joined = _unifier.Join(joined, Visit(item));
        return joined ?? _unifier.Fresh();
    }

    private CelType Map(Expr.MapLiteral map)
    {
        var key = _unifier.FreshKey();
        if (map.Entries.Length > 0)
            _unifier.Fits(key, Joined(map.Entries.Select(entry => entry.Key)));
        return CelType.Map(key, Joined(map.Entries.Select(entry => entry.Value)));
    }

    private CelType Macro(Expr.Comprehension macro)
    {
        var range = _unifier.Resolve(Visit(macro.Range));
        if (range.IsVariable)
            _unifier.Fits(range, CelType.Dyn);
        else if (!range.IsDyn && range.Kind is not (CelKind.List or CelKind.Map))
            Problem(CelIssueKind.Type, macro.Range, $"A {range} has no elements to go through.");
        var element = range.Kind is CelKind.List or CelKind.Map ? range.Parameters[0] : CelType.Dyn;
        _variables.Add((macro.Variable, element));
        if (macro.Condition is not null && Visit(macro.Condition) is var condition && !_unifier.Fits(CelType.Bool, condition))
            Problem(CelIssueKind.Type, macro.Condition, $"The condition is of type {_unifier.Resolve(condition, final: true)}, not bool.");
        var transformed = macro.Transform is null ? element : Visit(macro.Transform);
        _variables.RemoveAt(_variables.Count - 1);
        return macro.Kind is MacroKind.Map or MacroKind.Filter ? CelType.List(transformed) : CelType.Bool;
    }

    private CelType Undeclared(Expr where, string name) =>
        Problem(CelIssueKind.UndeclaredReference, where, $"'{name}' is not declared.");

    /// <summary>The type is <c>dyn</c> from here on, so that one mistake is told once.</summary>
    private CelType Problem(CelIssueKind kind, Expr where, string message)
    {
        _result.Problems.Add((kind, where, message));
        return CelType.Dyn;
    }
}
