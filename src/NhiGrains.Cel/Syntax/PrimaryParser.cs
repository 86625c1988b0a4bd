namespace NhiGrains.Cel.Syntax;

/// <summary>The grammar's <c>Member</c> and <c>Primary</c>.</summary>
internal sealed class PrimaryParser(Parser parser, NodeFactory nodes)
{
    /// <param name="negative">The minus that belongs to the number which comes next, if one does.</param>
    public Expr Member(Token? negative)
    {
        var member = Primary(negative);
        while (true)
        {
            if (parser.Current.Is("."))
                member = Selection(member, parser.Take());
            else if (parser.Current.Is("["))
                member = Indexing(member, parser.Take());
            else if (parser.Current.Is("{") && QualifiedName(member) is { } name)
                member = Message(parser.Take(), name);
            else
                return member;
        }
    }

    private Expr Selection(Expr operand, Token dot)
    {
        var field = parser.Current;
        if (field.Kind is not (TokenKind.Identifier or TokenKind.QuotedIdentifier))
            throw parser.Unexpected("a field name");
        parser.Take();
        if (field.Kind == TokenKind.QuotedIdentifier || !parser.Current.Is("("))
            return nodes.Select(dot.Position, operand, field.Text);
        var open = parser.Take();
        var arguments = Arguments(")");
        return Macros.Member(nodes, open.Position, field.Text, operand, arguments)
            ?? nodes.Member(open.Position, field.Text, operand, arguments);
    }

    private Expr Indexing(Expr operand, Token open)
    {
        var index = parser.Expression();
        parser.Expect("]");
        return nodes.Call(open.Position, Operators.Index, operand, index);
    }

    private Expr Primary(Token? negative)
    {
        var token = parser.Current;
        switch (token.Kind)
        {
            case TokenKind.Literal:
                return nodes.Literal(parser.Take().Position, token.Value);
            case TokenKind.Int or TokenKind.Uint or TokenKind.Double:
                parser.Take();
                return nodes.Literal(negative?.Position ?? token.Position, Numbers.Parse(token, negative is not null));
            case TokenKind.Identifier:
                return Name(absolute: false);
            case TokenKind.Punctuation when token.Text == ".":
                parser.Take();
                return parser.Current.Kind == TokenKind.Identifier ? Name(absolute: true) : throw parser.Unexpected("a name");
            case TokenKind.Punctuation when token.Text == "(":
                parser.Take();
                var inner = parser.Expression();
                parser.Expect(")");
                return inner;
            case TokenKind.Punctuation when token.Text == "[":
                parser.Take();
                return nodes.List(token.Position, Arguments("]", trailingComma: true));
            case TokenKind.Punctuation when token.Text == "{":
                parser.Take();
                return nodes.Map(token.Position, Entries());
            default:
                throw parser.Unexpected("an expression");
        }
    }

    private Expr Name(bool absolute)
    {
        var name = parser.Take();
        if (Words.IsReserved(name.Text))
            throw new SyntaxFailure(CelIssueKind.Syntax, name.Position, $"'{name.Text}' is a reserved word.");
        if (!parser.Current.Is("("))
            return nodes.Identifier(name.Position, name.Text, absolute);
        var open = parser.Take();
        var arguments = Arguments(")");
        return Macros.Global(nodes, open.Position, name.Text, arguments) ?? nodes.Call(open.Position, name.Text, arguments);
    }

    private Expr[] Arguments(string close, bool trailingComma = false)
    {
        List<Expr> arguments = [];
        while (!parser.Current.Is(close))
        {
            arguments.Add(parser.Expression());
            if (!parser.Accept(","))
                break;
            if (parser.Current.Is(close) && !trailingComma)
                throw parser.Unexpected("an expression");
        }

        parser.Expect(close);
        return [.. arguments];
    }

    private Entry[] Entries()
    {
        List<Entry> entries = [];
        while (!parser.Current.Is("}"))
        {
            var key = parser.Expression();
            var colon = parser.Expect(":");
            entries.Add(new(colon.Position, key, parser.Expression()));
            if (!parser.Accept(","))
                break;
        }

        parser.Expect("}");
        return [.. entries];
    }

    private Expr Message(Token open, string name)
    {
        List<(string, Expr)> fields = [];
        while (!parser.Current.Is("}"))
        {
            if (parser.Current.Kind is not (TokenKind.Identifier or TokenKind.QuotedIdentifier))
                throw parser.Unexpected("a field name");
            var field = parser.Take().Text;
            parser.Expect(":");
            fields.Add((field, parser.Expression()));
            if (!parser.Accept(","))
                break;
        }

        parser.Expect("}");
        return nodes.Message(open.Position, name, [.. fields]);
    }

    private static string? QualifiedName(Expr expression) => expression switch
    {
        Expr.Identifier { Absolute: var absolute } name => absolute ? "." + name.Name : name.Name,
        Expr.Select { TestOnly: false } select when QualifiedName(select.Operand) is { } prefix => $"{prefix}.{select.Field}",
        _ => null,
    };
}
