using System.Collections.Frozen;
using NhiGrains.Cel.Checking;
using NhiGrains.Cel.Cost;
using NhiGrains.Cel.Evaluation;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel;

/// <summary>
/// Google's Common Expression Language without protocol buffers: what expressions may use, and how large they may be. Immutable;
/// any number of threads can compile with it at once. The specification is github.com/google/cel-spec, <c>doc/langdef.md</c>.
/// </summary>
public sealed class CelEnvironment
{
    private readonly FrozenDictionary<string, CelAttribute> _attributes;
    private readonly CelLimits _limits;
    private readonly Names _names;

    /// <param name="container">The namespace in which names are looked up first; empty for none.</param>
    /// <exception cref="ArgumentException">Two attributes have the same name, or one has a name that no expression could use.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit of the depth is not between 32 and 250.</exception>
    public CelEnvironment(IEnumerable<CelAttribute> attributes, CelLimits? limits = null, string container = "")
    {
        _limits = limits ?? new CelLimits();
        ArgumentOutOfRangeException.ThrowIfLessThan(_limits.MaxDepth, 32, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_limits.MaxDepth, 250, nameof(limits));
        var byName = new Dictionary<string, CelAttribute>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            if (!Words.IsQualifiedName(attribute.Name))
                throw new ArgumentException($"'{attribute.Name}' is not a plain or dotted name.", nameof(attributes));
            byName.Add(attribute.Name, attribute);
        }

        _attributes = byName.ToFrozenDictionary(StringComparer.Ordinal);
        _names = new Names(
            container, byName.ToFrozenDictionary(a => a.Key, a => a.Value.Type, StringComparer.Ordinal));
    }

    /// <summary>
    /// Refuses an expression with a part that fails whatever the attributes are, such as <c>1 / 0</c> or <c>duration('soon')</c>, even
    /// where the rest of the expression hides the failure. The specification leaves those to the evaluation; false by default.
    /// </summary>
    public bool RefusesWhatAlwaysFails { get; init; }

    /// <summary>Reads, checks, estimates and compiles. Nothing is thrown for any text.</summary>
    /// <param name="expected">The type that the expression has to have; null for any.</param>
    public CelCompilation Compile(string expression, CelType? expected = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        if (Parse(expression, out var source, out var tree) is { } mistake)
            return new CelCompilation([mistake]);
        var found = Check(tree, expected);
        if (found.Problems.Count > 0)
            return new CelCompilation(Issues(source, found));
        var cost = new CostEstimator(_names, _attributes, _limits, found).Estimate(tree);
        if (cost > _limits.MaxEstimatedCost)
            return new CelCompilation([TooCostly(source, tree, cost)]);
        if (RefusesWhatAlwaysFails && new Constants(source, _names, _limits, found).Failing(tree) is { Count: > 0 } failing)
            return new CelCompilation(failing);
        return new CelCompilation(Program(source, tree, found.Types[tree], cost));
    }

    /// <summary>
    /// Which members of an attribute, a list of strings, the expression asks for: whoever fills the list may leave out the rest when
    /// there are no other uses. Empty when it does not parse.
    /// </summary>
    public CelMembers MembersOf(string attribute, string expression)
    {
        if (Parse(expression, out var source, out var tree) is not null)
            return new([], []);
        var (named, others) = Members.Of(tree, _names, attribute);
        return new(named, [.. others.Select(use => Issue(source, CelIssueKind.UnknownMembers, use, $"It cannot be told which of '{attribute}' this asks for."))]);
    }

    /// <summary>Without the optional phase of checking: an undeclared name is then an error of the evaluation.</summary>
    internal CelCompilation CompileUnchecked(string expression) =>
        Parse(expression, out var source, out var tree) is { } mistake
            ? new CelCompilation([mistake])
            : new CelCompilation(Program(source, tree, CelType.Dyn, 0));

    internal Checked Check(Expr tree, CelType? expected = null) => new Checker(_names, _limits).Check(tree, expected);

    internal CelIssue? Parse(string expression, out Source source, out Expr tree)
    {
        source = Source.Of("", 0);
        tree = new Expr.Literal(0, CelValue.Null);
        try
        {
            source = Source.Of(expression, _limits.MaxLength);
            tree = Parser.Parse(source, _limits);
            return null;
        }
        catch (SyntaxFailure failure)
        {
            var (line, column) = source.Place(failure.Position);
            return new CelIssue(failure.Kind, failure.Message, line, column);
        }
    }

    private CelProgram Program(Source source, Expr tree, CelType type, long cost)
    {
        var compiler = new Compiler(source, _names, _limits);
        var node = compiler.Compile(tree);
        return new CelProgram(node, compiler.Locals, _limits, type, cost);
    }

    private static CelIssue[] Issues(Source source, Checked found) =>
        [.. found.Problems.OrderBy(p => p.Where.Position).Select(p => Issue(source, p.Kind, p.Where, p.Message))];

    private CelIssue TooCostly(Source source, Expr tree, long cost) => Issue(
        source, CelIssueKind.TooCostly, tree, $"The expression can cost {cost}, which is above the limit of {_limits.MaxEstimatedCost}.");

    private static CelIssue Issue(Source source, CelIssueKind kind, Expr where, string message)
    {
        var (line, column) = source.Place(where.Position);
        return new CelIssue(kind, message, line, column);
    }
}
