using System.Globalization;
using System.Text;
using NhiGrains.Cel.Checking;
using NhiGrains.Cel.Functions;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>A tree in the notation of the data: with the kind of each node and macros expanded, or checked, with types and overloads.</summary>
internal sealed class DebugTree(Checked? found)
{
    private readonly StringBuilder _text = new();
    private int _indent;

    /// <param name="found">What the checker found; null for the tree as it was parsed.</param>
    public static string Of(Expr expression, Checked? found = null)
    {
        var tree = new DebugTree(found);
        tree.Visit(expression);
        return tree._text.ToString();
    }

    private void Visit(Expr expression)
    {
        switch (expression)
        {
            case Expr.Identifier or Expr.Select when found is not null && found.Attributes.TryGetValue(expression, out var resolved):
                Append(resolved);
                Adorn(expression, "");
                break;
            case Expr.Literal literal:
                Append(Literal(literal.Value));
                Adorn(literal, $"Constant_{Kind(literal.Value.Kind)}Value");
                break;
            case Expr.Identifier name:
                Append(name.Absolute ? "." : "").Append(name.Name);
                Adorn(name, "Expr_IdentExpr");
                break;
            case Expr.Select select:
                Visit(select.Operand);
                Append(".").Append(select.Field).Append(select.TestOnly ? "~test-only~" : "");
                Adorn(select, "Expr_SelectExpr");
                break;
            case Expr.Call call:
                if (call.Target is not null)
                {
                    Visit(call.Target);
                    Append(".");
                }

                Append(call.Function);
                Block("(", ")", call.Arguments, Visit);
                Adorn(call, "Expr_CallExpr");
                break;
            case Expr.ListLiteral list:
                Block("[", "]", list.Items, Visit);
                Adorn(list, "Expr_ListExpr");
                break;
            case Expr.MapLiteral map:
                Block("{", "}", map.Entries, Entry);
                Adorn(map, "Expr_StructExpr");
                break;
            case Expr.MessageLiteral message:
                Append(message.Name);
                Block("{", "}", message.Fields, Field);
                Adorn(message, "Expr_StructExpr");
                break;
            case Expr.Comprehension macro:
                Fold(macro);
                break;
        }
    }

    private void Adorn(Expr node, string kind)
    {
        if (found is null)
        {
            Append($"^#*expr.{kind}#");
            return;
        }

        Append($"~{TypeName(found.Types[node])}");
        if (found.Attributes.TryGetValue(node, out var name))
            Append($"^{name}");
        if (found.Overloads.TryGetValue(node, out var overloads))
            Append($"^{string.Join('|', overloads)}");
    }

    /// <summary>As the reference implementation abbreviates them.</summary>
    private static string TypeName(CelType type) => type.ToString()
        .Replace("null_type", "null", StringComparison.Ordinal)
        .Replace("google.protobuf.Timestamp", "timestamp", StringComparison.Ordinal)
        .Replace("google.protobuf.Duration", "duration", StringComparison.Ordinal);

    private void Entry(Entry entry)
    {
        Visit(entry.Key);
        Append(":");
        Visit(entry.Value);
        Append(found is null ? "^#*expr.Expr_CreateStruct_Entry#" : "");
    }

    private void Field((string Name, Expr Value) field)
    {
        Append(field.Name).Append(':');
        Visit(field.Value);
        Append(found is null ? "^#*expr.Expr_CreateStruct_Entry#" : "");
    }

    private void Fold(Expr.Comprehension macro)
    {
        var fold = Expansion.Of(macro);
        Append("__comprehension__(");
        _indent++;
        Part("Variable", () => Append(macro.Variable));
        Part("Target", () => Visit(macro.Range));
        Part("Accumulator", () => Append("@result"));
        Part("Init", () => Visit(fold.Initial));
        Part("LoopCondition", () => Visit(fold.Condition));
        Part("LoopStep", () => Visit(fold.Step));
        Line();
        Append("// Result");
        Line();
        Visit(fold.Result);
        Append(")");
        Adorn(macro, "Expr_ComprehensionExpr");
        _indent--;
    }

    private void Part(string title, Action write)
    {
        Line();
        Append("// ").Append(title);
        Line();
        write();
        Append(",");
    }

    private void Block<T>(string open, string close, T[] items, Action<T> write)
    {
        Append(open);
        _indent++;
        for (var i = 0; i < items.Length; i++)
        {
            Append(i > 0 ? "," : "");
            Line();
            write(items[i]);
        }

        _indent--;
        if (items.Length > 0)
            Line();
        Append(close);
    }

    private StringBuilder Append(string text) => _text.Append(text);

    private void Line() => _text.Append('\n').Append(' ', _indent * 2);

    private static string Kind(CelKind kind) => kind switch
    {
        CelKind.Int => "Int64",
        CelKind.Uint => "Uint64",
        _ => kind.ToString(),
    };

    private static string Literal(CelValue value) => value.Kind switch
    {
        CelKind.Double => Double(value.AsDouble),
        CelKind.String => Quoted(value.AsString),
        CelKind.Bytes => "b" + Octets(value.AsBytes.Span),
        _ => value.ToString(),
    };

    private static string Double(double value)
    {
        if (Math.Abs(value) < 1e6)
            return DoubleText.Of(value);
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return (text.Contains('E', StringComparison.Ordinal) ? text : value.ToString("0.################E+00", CultureInfo.InvariantCulture))
            .Replace('E', 'e');
    }

    private static string Quoted(string text) => $"\"{string.Concat(text.EnumerateRunes().Select(Escaped))}\"";

    private static string Octets(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder("\"");
        while (!octets.IsEmpty)
        {
            var read = Rune.DecodeFromUtf8(octets, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (read && rune.Value < 0x10000 && (Escaped(rune) is not ['\\', 'u', ..]))
            {
                text.Append(Escaped(rune));
            }
            else
            {
                length = 1;
                text.Append(CultureInfo.InvariantCulture, $"\\x{octets[0]:x2}");
            }

            octets = octets[length..];
        }

        return text.Append('"').ToString();
    }

    private static string Escaped(Rune rune) => rune.Value switch
    {
        7 => "\\a",
        8 => "\\b",
        9 => "\\t",
        10 => "\\n",
        11 => "\\v",
        12 => "\\f",
        13 => "\\r",
        '"' => "\\\"",
        '\\' => "\\\\",
        ' ' => " ",
        _ when IsPrintable(rune) => rune.ToString(),
        < 0x80 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
    };

    private static bool IsPrintable(Rune rune) =>
        Rune.IsLetter(rune) || Rune.IsNumber(rune) || Rune.IsSymbol(rune) || Rune.IsPunctuation(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark;
}
