using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel.Functions;

/// <summary>Lists and maps: indexing, membership, fields and sizes.</summary>
internal static class Collections
{
    public static CelValue Index(Frame frame, CelValue container, CelValue index) => container.Kind switch
    {
        CelKind.List => Item(container.ListItems, index),
        CelKind.Map => frame.Charge(Costs.Walk(Costs.Size(index))) ? Value(container.MapEntries, index) : frame.Exceeded(),
        _ => Errors.NoOverload("_[_]", container, index),
    };

    public static CelValue In(Frame frame, CelValue item, CelValue container)
    {
        if (container.Kind == CelKind.Map)
            return frame.Charge(Costs.Walk(Costs.Size(item))) ? CelValue.Of(container.MapEntries.TryGet(item, out _)) : frame.Exceeded();
        if (container.Kind != CelKind.List)
            return Errors.NoOverload("@in", item, container);
        foreach (var candidate in container.ListItems)
        {
            switch (Comparison.Same(frame, item, candidate, 0))
            {
                case null: return frame.Exceeded();
                case true: return CelValue.True;
                default: continue;
            }
        }

        return CelValue.False;
    }

    public static CelValue Field(CelValue operand, string name)
    {
        if (operand.Kind != CelKind.Map)
            return NoFields(operand);
        return operand.MapEntries.TryGet(CelValue.Text(name), out var value)
            ? value
            : Errors.Of(CelErrorKind.NoSuchField, $"There is no key '{name}'.");
    }

    public static CelValue HasField(CelValue operand, string name) => operand.Kind == CelKind.Map
        ? CelValue.Of(operand.MapEntries.TryGet(CelValue.Text(name), out _))
        : NoFields(operand);

    public static CelValue Size(Frame frame, CelValue value)
    {
        if (value.Kind == CelKind.String && !frame.Charge(Costs.Walk(value.AsString.Length)))
            return frame.Exceeded();
        return value.Kind switch
        {
            CelKind.String => CelValue.Of((long)CodePoints.Count(value.AsString)),
            CelKind.Bytes or CelKind.List or CelKind.Map => CelValue.Of(Costs.Size(value)),
            _ => Errors.NoOverload("size", value),
        };
    }

    private static CelValue NoFields(CelValue operand) =>
        Errors.Of(CelErrorKind.NoMatchingOverload, $"A {CelType.NameOf(operand)} has no fields.");

    /// <summary>A number of another type is an index too if it is whole, as it would be a key of a map.</summary>
    private static CelValue Item(CelValue[] items, CelValue index)
    {
        long? at = index.Kind switch
        {
            CelKind.Int => index.AsInt,
            CelKind.Uint => index.AsUint <= long.MaxValue ? (long)index.AsUint : -1,
            CelKind.Double when Math.Floor(index.AsDouble) == index.AsDouble => Math.Abs(index.AsDouble) < 1e15 ? (long)index.AsDouble : -1,
            _ => null,
        };
        if (at is null)
            return Errors.NoOverload("_[_]", CelValue.Items(items), index);
        return at >= 0 && at < items.Length
            ? items[at.Value]
            : Errors.Of(CelErrorKind.IndexOutOfRange, $"The index {ValueText.Brief(index)} is outside of a list of {items.Length}.");
    }

    private static CelValue Value(CelMap map, CelValue key)
    {
        if (key.Kind is not (CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.String))
            return Errors.NoOverload("_[_]", CelValue.Of(map), key);
        return map.TryGet(key, out var value) ? value : Errors.Of(CelErrorKind.NoSuchField, $"There is no key {ValueText.Brief(key)}.");
    }
}
