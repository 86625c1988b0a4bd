using System.Text;

namespace NhiGrains.Cel.Syntax;

/// <summary>An expression as text again, with a parenthesis wherever one could matter: it parses to the same tree.</summary>
internal sealed class Printer
{
    private readonly StringBuilder _text = new();

    public static string Print(Expr expression)
    {
        var printer = new Printer();
        printer.Visit(expression);
        return printer._text.ToString();
    }

    private void Visit(Expr expression)
    {
        switch (expression)
        {
            case Expr.Literal literal: Literal(literal.Value); break;
            case Expr.Identifier name: _text.Append(name.Absolute ? "." : "").Append(name.Name); break;
            case Expr.Select { TestOnly: true } test: Test(test); break;
            case Expr.Select select: Selection(select); break;
            case Expr.Call call: Call(call); break;
            case Expr.ListLiteral list: Separated("[", list.Items, "]"); break;
            case Expr.MapLiteral map: Map(map); break;
            case Expr.MessageLiteral message: Message(message); break;
            case Expr.Comprehension macro: Macro(macro); break;
            default: throw new InvalidOperationException($"Unknown node {expression.GetType().Name}.");
        }
    }

    /// <summary>A negative number in parentheses, so that nothing before or behind it changes what its minus means.</summary>
    private void Literal(CelValue value)
    {
        var text = value.ToString();
        _text.Append(text[0] == '-' ? $"({text})" : text);
    }

    /// <param name="alsoLiterals">After a minus, which would become a part of the number.</param>
    private void Operand(Expr expression, bool alsoLiterals = false)
    {
        var isOperator = expression is Expr.Call { Target: null } call
            && (Operators.Symbol(call.Function) is not null || call.Function is Operators.Conditional or Operators.Not or Operators.Negate);
        if (isOperator || (alsoLiterals && expression is Expr.Literal))
        {
            _text.Append('(');
            Visit(expression);
            _text.Append(')');
            return;
        }

        Visit(expression);
    }

    private void Test(Expr.Select test)
    {
        _text.Append("has(");
        Selection(test);
        _text.Append(')');
    }

    private void Selection(Expr.Select select)
    {
        Operand(select.Operand);
        var plain = select.Field.All(c => Chars.IsIdentifierPart(c)) && Chars.IsIdentifierStart(select.Field[0])
            && select.Field is not ("true" or "false" or "null" or "in");
        _text.Append('.').Append(plain ? select.Field : $"`{select.Field}`");
    }

    private void Call(Expr.Call call)
    {
        switch (call.Function)
        {
            case Operators.Conditional:
                Operand(call.Arguments[0]);
                _text.Append(" ? ");
                Operand(call.Arguments[1]);
                _text.Append(" : ");
                Operand(call.Arguments[2]);
                break;
            case Operators.Index:
                Operand(call.Arguments[0]);
                Separated("[", call.Arguments[1..], "]");
                break;
            case Operators.Not or Operators.Negate:
                _text.Append(call.Function[0]);
                Operand(call.Arguments[0], alsoLiterals: true);
                break;
            case var function when Operators.Symbol(function) is { } symbol:
                Operand(call.Arguments[0]);
                _text.Append(' ').Append(symbol).Append(' ');
                Operand(call.Arguments[1]);
                break;
            default:
                if (call.Target is not null)
                {
                    Operand(call.Target);
                    _text.Append('.');
                }

                Separated(call.Function + "(", call.Arguments, ")");
                break;
        }
    }

    private void Macro(Expr.Comprehension macro)
    {
        Operand(macro.Range);
        var name = macro.Kind switch
        {
            MacroKind.All => "all",
            MacroKind.Exists => "exists",
            MacroKind.ExistsOne => "exists_one",
            MacroKind.Map => "map",
            _ => "filter",
        };
        Separated($".{name}({macro.Variable}, ", [.. new[] { macro.Condition, macro.Transform }.OfType<Expr>()], ")");
    }

    private void Map(Expr.MapLiteral map)
    {
        _text.Append('{');
        foreach (var (_, key, value) in map.Entries)
        {
            Visit(key);
            _text.Append(": ");
            Visit(value);
            _text.Append(", ");
        }

        _text.Append('}');
    }

    private void Message(Expr.MessageLiteral message)
    {
        _text.Append(message.Name).Append('{');
        foreach (var (field, value) in message.Fields)
        {
            _text.Append('`').Append(field).Append("`: ");
            Visit(value);
            _text.Append(", ");
        }

        _text.Append('}');
    }

    private void Separated(string open, Expr[] items, string close)
    {
        _text.Append(open);
        for (var i = 0; i < items.Length; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            Visit(items[i]);
        }

        _text.Append(close);
    }
}
