using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Evaluation;

/// <summary>The macros over the elements of a list or the keys of a map (Language Definition, <i>Macros</i>).</summary>
internal static class Comprehensions
{
    public static Node Of(MacroKind kind, Node range, int slot, Node? condition, Node? transform, (int, int) place)
    {
        var always = condition ?? (_ => CelValue.True);
        return kind switch
        {
            MacroKind.All => Over(range, place, (frame, items) => Quantified(frame, items, slot, always, wanted: false, place)),
            MacroKind.Exists => Over(range, place, (frame, items) => Quantified(frame, items, slot, always, wanted: true, place)),
            MacroKind.ExistsOne => Over(range, place, (frame, items) => ExistsOne(frame, items, slot, always, place)),
            _ => Over(range, place, (frame, items) => Mapped(frame, items, slot, always, transform, place)),
        };
    }

    private delegate CelValue Loop(Frame frame, CelValue[] items);

    private static Node Over(Node range, (int, int) place, Loop loop) => frame =>
    {
        var value = range(frame);
        switch (value.Kind)
        {
            case CelKind.List:
                return loop(frame, value.ListItems);
            case CelKind.Map:
                return loop(frame, [.. value.MapEntries.Entries.Select(entry => entry.Key)]);
            case CelKind.Error:
                return value;
            default:
                return Errors.At(
                    Errors.Of(CelErrorKind.NoMatchingOverload, $"A {CelType.NameOf(value)} has no elements to go through."), place);
        }
    };

    /// <summary><c>all</c> looks for a false, <c>exists</c> for a true: finding it makes the errors of others go away.</summary>
    private static CelValue Quantified(Frame frame, CelValue[] items, int slot, Node condition, bool wanted, (int, int) place)
    {
        var error = default(CelValue);
        foreach (var item in items)
        {
            var holds = Step(frame, item, slot, condition, place);
            if (holds.IsFatal || (wanted ? holds.IsTrue : holds.IsFalse))
                return holds;
            if (holds.IsError && error.Kind == CelKind.None)
                error = holds;
        }

        return error.IsError ? error : CelValue.Of(!wanted);
    }

    private static CelValue ExistsOne(Frame frame, CelValue[] items, int slot, Node condition, (int, int) place)
    {
        var count = 0;
        foreach (var item in items)
        {
            var holds = Step(frame, item, slot, condition, place);
            if (holds.IsError)
                return holds;
            count += holds.AsBool ? 1 : 0;
        }

        return CelValue.Of(count == 1);
    }

    private static CelValue Mapped(Frame frame, CelValue[] items, int slot, Node condition, Node? transform, (int, int) place)
    {
        var results = new List<CelValue>();
        foreach (var item in items)
        {
            var holds = Step(frame, item, slot, condition, place);
            if (holds.IsError)
                return holds;
            if (!holds.AsBool)
                continue;
            var result = transform is null ? item : transform(frame);
            if (result.IsError)
                return result;
            results.Add(result);
        }

        return CelValue.Items([.. results]);
    }

    /// <summary>The condition for one element: a bool or an error.</summary>
    private static CelValue Step(Frame frame, CelValue item, int slot, Node condition, (int, int) place)
    {
        if (!frame.Charge(1))
            return frame.Exceeded();
        frame.Locals[slot] = item;
        var holds = condition(frame);
        return holds.Kind is CelKind.Bool or CelKind.Error
            ? holds
            : Errors.At(Errors.Of(CelErrorKind.NoMatchingOverload, $"The condition is a {CelType.NameOf(holds)}, not a bool."), place);
    }
}
