using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Checking;

/// <summary>
/// What of an attribute that is a list an expression asks for: <c>'a' in list</c>, <c>['a', 'b'].exists(x, x in list)</c> and
/// <c>list.exists(x, x == 'a' &amp;&amp; ...)</c> ask for texts that are written down; anything else may depend on any member.
/// </summary>
internal sealed class Members(Names names, string attribute)
{
    // Of the macros around: what their variable stands for.
    private readonly List<(string Name, Stands For)> _variables = [];
    private readonly SortedSet<string> _named = new(StringComparer.Ordinal);
    private readonly List<Expr> _others = [];

    private enum Stands
    {
        Anything,
        Member,
        Named,
    }

    /// <returns>The texts, sorted, and the uses that go by more than these.</returns>
    public static (IReadOnlyList<string> Named, IReadOnlyList<Expr> Others) Of(Expr tree, Names names, string attribute)
    {
        var members = new Members(names, attribute);
        members.Visit(tree);
        return ([.. members._named], members._others);
    }

    private void Visit(Expr expression)
    {
        if (IsList(expression))
        {
            _others.Add(expression);
            return;
        }

        switch (expression)
        {
            case Expr.Call { Function: Operators.In, Arguments: [var text, var list] } when IsList(list) && IsNamed(text):
                Name(text);
                break;
            case Expr.Call call:
                Each([.. new[] { call.Target }.OfType<Expr>(), .. call.Arguments]);
                break;
            case Expr.Comprehension macro:
                Macro(macro);
                break;
            case Expr.Select select:
                Visit(select.Operand);
                break;
            case Expr.ListLiteral literal:
                Each(literal.Items);
                break;
            case Expr.MapLiteral map:
                Each([.. map.Entries.SelectMany(entry => new[] { entry.Key, entry.Value })]);
                break;
        }
    }

    private void Each(Expr[] parts)
    {
        foreach (var part in parts)
            Visit(part);
    }

    private void Macro(Expr.Comprehension macro)
    {
        var isList = IsList(macro.Range);
        if (!isList)
            Visit(macro.Range);
        _variables.Add((macro.Variable, isList ? Stands.Member : AreNamed(macro.Range) ? Stands.Named : Stands.Anything));
        if (_variables[^1].For == Stands.Named)
            Name(macro.Range);
        if (isList && !(macro is { Kind: MacroKind.Exists or MacroKind.ExistsOne, Condition: { } condition } && IsOfNamed(condition)))
            _others.Add(macro.Range);
        Each([.. new[] { macro.Condition, macro.Transform }.OfType<Expr>()]);
        _variables.RemoveAt(_variables.Count - 1);
    }

    /// <summary>Whether the condition is false for every member that is not written down in it.</summary>
    private bool IsOfNamed(Expr condition)
    {
        switch (condition)
        {
            case Expr.Call { Function: Operators.And, Arguments: var both }:
                return both.Any(IsOfNamed);
            case Expr.Call { Function: Operators.Or, Arguments: var either }:
                return either.All(IsOfNamed);
            case Expr.Call { Function: Operators.In, Arguments: [var member, var list] } when IsMember(member) && AreNamed(list):
                Name(list);
                return true;
            case Expr.Call { Function: Operators.Equal, Arguments: [var one, var other] } when (IsMember(one) && IsNamed(other)) || (IsMember(other) && IsNamed(one)):
                Name(IsMember(one) ? other : one);
                return true;
            default:
                return false;
        }
    }

    // Of the macro that is being looked at, which is the innermost one.
    private bool IsMember(Expr expression) => expression is Expr.Identifier name && name.Name == _variables[^1].Name && StandsFor(name) == Stands.Member;

    private bool IsNamed(Expr text) => text is Expr.Literal { Value.Kind: CelKind.String } || StandsFor(text) == Stands.Named;

    private static bool AreNamed(Expr list) => list is Expr.ListLiteral { Items.Length: > 0 } literal && literal.Items.All(item => item is Expr.Literal { Value.Kind: CelKind.String });

    private void Name(Expr named)
    {
        foreach (var text in named is Expr.ListLiteral list ? list.Items : [named])
        {
            if (text is Expr.Literal literal)
                _named.Add(literal.Value.AsString);
        }
    }

    private bool IsList(Expr expression) => Resolve(expression) is Reference.Attribute found && found.Name == attribute;

    private Stands StandsFor(Expr expression) =>
        Resolve(expression) is Reference.Variable found ? _variables.FindLast(variable => variable.Name == found.Name).For : Stands.Anything;

    private Reference? Resolve(Expr expression) => names.Resolve(expression, name => _variables.Exists(variable => variable.Name == name));
}
