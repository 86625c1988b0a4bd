using NhiGrains.Cel.Checking;
using NhiGrains.Cel.Functions;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Evaluation;

/// <summary>Turns a tree into delegates, once; an evaluation then makes none (Language Definition, <i>Evaluation</i>).</summary>
internal sealed class Compiler(Source source, Names names, CelLimits limits)
{
    private readonly List<string> _variables = [];

    /// <summary>Variables that an evaluation needs room for.</summary>
    public int Locals { get; private set; }

    public Node Compile(Expr expression) => names.Resolve(expression, _variables.Contains) switch
    {
        Reference.Variable variable => Local(_variables.LastIndexOf(variable.Name)),
        Reference.Attribute attribute => Attribute(attribute, Place(expression)),
        Reference.TypeName type => Constant(CelValue.Of(type.Type)),
        _ => Compound(expression),
    };

    private Node Compound(Expr expression) => expression switch
    {
        Expr.Literal literal => Constant(literal.Value),
        Expr.Identifier name => Constant(Errors.At(Unbound(name.Name), Place(name))),
        Expr.Select select => Selection(select),
        Expr.Call call => Call(call),
        Expr.ListLiteral list => Aggregates.List([.. list.Items.Select(Compile)]),
        Expr.MapLiteral map => Aggregates.Map(
            [.. map.Entries.Select(e => (Compile(e.Key), Compile(e.Value), Place(e.Key)))]),
        Expr.Comprehension macro => Macro(macro),
        Expr.MessageLiteral message => Constant(Errors.At(Unbound(message.Name), Place(message))),
        _ => throw new InvalidOperationException($"Unknown node {expression.GetType().Name}."),
    };

    private (int Line, int Column) Place(Expr expression) => source.Place(expression.Position);

    private static Node Constant(CelValue value) => _ => value;

    private static Node Local(int slot) => frame => frame.Locals[slot];

    private static CelValue Unbound(string name) => Errors.Of(CelErrorKind.UnboundAttribute, $"There is no value for '{name}'.");

    private static Node Attribute(Reference.Attribute attribute, (int, int) place)
    {
        var missing = Errors.At(Unbound(attribute.Name), place);
        var mistyped = Errors.At(
            Errors.Of(CelErrorKind.AttributeType, $"The attribute '{attribute.Name}' is not of type {attribute.Type}."), place);
        var (name, type) = (attribute.Name, attribute.Type);
        return frame => !frame.Attributes.TryGetValue(name, out var value) || value.Kind == CelKind.None ? missing
            : !frame.Charge(1) ? frame.Exceeded()
            : type.IsDyn || type.Kind == value.Kind ? value
            : mistyped;
    }

    private Node Selection(Expr.Select select)
    {
        var (operand, field, place) = (Compile(select.Operand), select.Field, Place(select));
        Func<CelValue, string, CelValue> read = select.TestOnly ? Collections.HasField : Collections.Field;
        return frame =>
        {
            var value = operand(frame);
            if (value.IsError)
                return value;
            return frame.Charge(1) ? Errors.At(read(value, field), place) : frame.Exceeded();
        };
    }

    private Node Call(Expr.Call call)
    {
        Node[] arguments = [.. new[] { call.Target }.OfType<Expr>().Concat(call.Arguments).Select(Compile)];
        var place = Place(call);
        switch (call.Function)
        {
            case Operators.And: return Logic.And(arguments[0], arguments[1], place);
            case Operators.Or: return Logic.Or(arguments[0], arguments[1], place);
            case Operators.Conditional: return Logic.Conditional(arguments[0], arguments[1], arguments[2], place);
            case "matches" when arguments.Length == 2 && call.Arguments[^1] is Expr.Literal { Value.Kind: CelKind.String } pattern:
                return Calls.Matches(arguments[0], pattern.Value, limits.MaxPatternLength, place);
        }

        return StandardFunctions.Find(call.Function, call.Target is not null, arguments.Length) is { } function
            ? Calls.Of(function, arguments, place)
            : Constant(Errors.At(Errors.Of(CelErrorKind.NoMatchingOverload, $"There is no function {call.Function}."), place));
    }

    private Node Macro(Expr.Comprehension macro)
    {
        var range = Compile(macro.Range);
        var slot = _variables.Count;
        _variables.Add(macro.Variable);
        Locals = Math.Max(Locals, _variables.Count);
        var condition = macro.Condition is null ? null : Compile(macro.Condition);
        var transform = macro.Transform is null ? null : Compile(macro.Transform);
        _variables.RemoveAt(slot);
        return Comprehensions.Of(macro.Kind, range, slot, condition, transform, Place(macro));
    }
}
