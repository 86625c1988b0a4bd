using NhiGrains.Cel.Checking;
using NhiGrains.Cel.Functions;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Evaluation;

/// <summary>
/// Finds what fails whatever the attributes are: the largest parts of a checked tree that use none of them are evaluated, once. The
/// operands of a logical operator and the branches of a conditional are looked at one by one, since those hide a failure.
/// </summary>
internal sealed class Constants(Source source, Names names, CelLimits limits, Checked types)
{
    private const int Nothing = int.MaxValue;
    private const int Attribute = -1;

    private readonly Dictionary<Expr, int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _variables = [];
    private readonly List<CelIssue> _issues = [];

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<CelIssue> Failing(Expr expression)
    {
        Note(expression);
        Look(expression, 0);
        return [.. _issues.OrderBy(issue => (issue.Line, issue.Column))];
    }

    /// <summary>Notes of each part the outermost variable that it uses, an attribute being further out than any.</summary>
    private int Note(Expr expression)
    {
        var uses = names.Resolve(expression, _variables.Contains) switch
        {
            Reference.Variable variable => _variables.LastIndexOf(variable.Name),
            Reference.Attribute => Attribute,
            Reference.TypeName => Nothing,
            _ => expression is Expr.Comprehension macro ? Macro(macro) : Parts(expression).Select(Note).DefaultIfEmpty(Nothing).Min(),
        };
        return _uses[expression] = uses;
    }

    private int Macro(Expr.Comprehension macro)
    {
        var uses = Note(macro.Range);
        _variables.Add(macro.Variable);
        uses = Body(macro).Select(Note).Append(uses).Min();
        _variables.RemoveAt(_variables.Count - 1);
        return uses >= _variables.Count ? Nothing : uses;
    }

    private void Look(Expr expression, int depth)
    {
        // What is in no name's parts was not noted: a name is one thing.
        if (!_uses.TryGetValue(expression, out var uses))
            return;
        var hides = expression is Expr.Call { Function: Operators.And or Operators.Or or Operators.Conditional };
        if (uses >= depth && !hides)
        {
            if (Evaluate(expression).Error is { } error)
                Fails(error);
            return;
        }

        if (expression is Expr.Call call)
            LookAtCall(call, depth);
        if (expression is Expr.Comprehension macro)
        {
            Look(macro.Range, depth);
            foreach (var part in Body(macro))
                Look(part, depth + 1);
            return;
        }

        foreach (var part in Parts(expression))
            Look(part, depth);
    }

    /// <summary>Calls that one constant argument alone makes fail.</summary>
    private void LookAtCall(Expr.Call call, int depth)
    {
        if (call is not { Function: "_/_" or "_%_" or "matches", Arguments: [.., var last] } || !(_uses.TryGetValue(last, out var uses) && uses >= depth) || Evaluate(last) is not { IsOk: true } result)
            return;
        var place = source.Place(call.Position);
        if (call.Function != "matches" && IsZero(result.Value) && types.Types[call.Arguments[0]].Kind is CelKind.Int or CelKind.Uint)
            Fails(new(CelErrorKind.DivisionByZero, "The divisor is always zero.", place.Line, place.Column));
        else if (call.Function == "matches" && result.Value.Kind == CelKind.String && !Re2.TryCompile(result.Value.AsString, limits.MaxPatternLength, out _, out var problem))
            Fails(new(CelErrorKind.InvalidArgument, problem, place.Line, place.Column));
    }

    private void Fails(CelError error) =>
        _issues.Add(new(CelIssueKind.AlwaysFails, $"This fails always: {error.Message}", error.Line, error.Column) { Failure = error.Kind });

    private CelResult Evaluate(Expr expression)
    {
        var compiler = new Compiler(source, names, limits);
        var program = new CelProgram(compiler.Compile(expression), compiler.Locals, limits, CelType.Dyn, 0);
        return program.Evaluate(new Dictionary<string, CelValue>());
    }

    private static bool IsZero(CelValue value) => value == CelValue.Of(0L) || value == CelValue.Of(0UL);

    private static IEnumerable<Expr> Body(Expr.Comprehension macro) => new[] { macro.Condition, macro.Transform }.OfType<Expr>();

    private static IEnumerable<Expr> Parts(Expr expression) => expression switch
    {
        Expr.Select select => [select.Operand],
        Expr.Call call => new[] { call.Target }.OfType<Expr>().Concat(call.Arguments),
        Expr.ListLiteral list => list.Items,
        Expr.MapLiteral map => map.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
        _ => [],
    };
}
