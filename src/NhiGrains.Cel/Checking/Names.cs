using System.Collections.Frozen;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Checking;

/// <summary>What a name stands for.</summary>
internal abstract record Reference
{
    internal sealed record Variable(string Name) : Reference;

    internal sealed record Attribute(string Name, CelType Type) : Reference;

    internal sealed record TypeName(CelType Type) : Reference;
}

/// <summary>
/// Resolves plain and dotted names: the longest prefix that is declared wins, looked for from the container outwards; a variable of
/// a macro hides all others; a leading dot means the root (Language Definition, <i>Name Resolution</i>).
/// </summary>
internal sealed class Names(string container, FrozenDictionary<string, CelType> attributes)
{
    private static readonly FrozenDictionary<string, CelType> Types = new[]
    {
        CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bytes, CelType.Null, CelType.Type,
        CelType.Timestamp, CelType.Duration, CelType.List(CelType.Dyn), CelType.Map(CelType.Dyn, CelType.Dyn),
    }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    private readonly string[] _prefixes = [.. Prefixes(container)];

    /// <summary>The reference, if the whole of the expression is a name; otherwise null.</summary>
    public Reference? Resolve(Expr expression, Func<string, bool> isVariable)
    {
        if (Qualified(expression, out var root) is not { } name || root is null)
            return null;
        if (!root.Absolute && isVariable(root.Name))
            return expression == root ? new Reference.Variable(name) : null;
        foreach (var prefix in root.Absolute ? [""] : _prefixes)
        {
            if (attributes.TryGetValue(prefix + name, out var type))
                return new Reference.Attribute(prefix + name, type);
            if (Types.TryGetValue(prefix + name, out var constant))
                return new Reference.TypeName(constant);
        }

        return null;
    }

    private static string? Qualified(Expr expression, out Expr.Identifier? root)
    {
        var parts = new Stack<string>();
        while (expression is Expr.Select { TestOnly: false } select)
        {
            parts.Push(select.Field);
            expression = select.Operand;
        }

        root = expression as Expr.Identifier;
        if (root is null)
            return null;
        parts.Push(root.Name);
        return string.Join('.', parts);
    }

    private static IEnumerable<string> Prefixes(string container)
    {
        for (var scope = container; scope.Length > 0; scope = scope[..Math.Max(0, scope.LastIndexOf('.'))])
            yield return scope + ".";
        yield return "";
    }
}
