namespace NhiGrains.Cel.Syntax;

/// <summary>
/// A node of an expression's tree. <see cref="Position"/> is the offset, in code points, of what stands for the node: the operator,
/// the dot, the opening bracket, or the first character. Two nodes are the same only if they are one object.
/// </summary>
internal abstract class Expr(int position)
{
    public int Position => position;

    /// <summary>Levels of the tree from here down.</summary>
    public int Depth { get; init; } = 1;

    internal sealed class Literal(int position, CelValue value) : Expr(position)
    {
        public CelValue Value => value;
    }

    /// <param name="absolute">Whether a dot stands before the name: it is looked up in the root scope only.</param>
    internal sealed class Identifier(int position, string name, bool absolute) : Expr(position)
    {
        public string Name => name;

        public bool Absolute => absolute;
    }

    /// <param name="testOnly">Whether this is <c>has(operand.field)</c>.</param>
    internal sealed class Select(int position, Expr operand, string name, bool testOnly) : Expr(position)
    {
        public Expr Operand => operand;

        public string Field => name;

        public bool TestOnly => testOnly;
    }

    /// <param name="function">A name, or an operator in the specification's notation such as <c>_+_</c>.</param>
    internal sealed class Call(int position, string function, Expr? target, Expr[] arguments) : Expr(position)
    {
        public string Function => function;

        public Expr? Target => target;

        public Expr[] Arguments => arguments;
    }

    internal sealed class ListLiteral(int position, Expr[] items) : Expr(position)
    {
        public Expr[] Items => items;
    }

    internal sealed class MapLiteral(int position, Entry[] entries) : Expr(position)
    {
        public Entry[] Entries => entries;
    }

    /// <summary>A message, which parses and then is refused: there are no message types here.</summary>
    internal sealed class MessageLiteral(int position, string name, (string Field, Expr Value)[] fields) : Expr(position)
    {
        public string Name => name;

        public (string Field, Expr Value)[] Fields => fields;
    }

    /// <summary>A macro over the elements of a list or the keys of a map.</summary>
    /// <param name="condition">The predicate; null only for <c>map</c> with two arguments.</param>
    /// <param name="transform">What <c>map</c> makes of each element; null for the others.</param>
    internal sealed class Comprehension(int position, MacroKind kind, Expr range, string variable, Expr? condition, Expr? transform)
        : Expr(position)
    {
        public MacroKind Kind => kind;

        public Expr Range => range;

        public string Variable => variable;

        public Expr? Condition => condition;

        public Expr? Transform => transform;
    }
}

/// <param name="Position">Of the colon.</param>
internal readonly record struct Entry(int Position, Expr Key, Expr Value);

internal enum MacroKind
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
}
