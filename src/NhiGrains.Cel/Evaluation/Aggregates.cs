namespace NhiGrains.Cel.Evaluation;

/// <summary>Literals of lists and maps; an error in any part is the error of the whole.</summary>
internal static class Aggregates
{
    public static Node List(Node[] items) => frame =>
    {
        if (!frame.Charge(1 + items.Length))
            return frame.Exceeded();
        var values = new CelValue[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            values[i] = items[i](frame);
            if (values[i].IsError)
                return values[i];
        }

        return CelValue.Items(values);
    };

    public static Node Map((Node Key, Node Value, (int, int) Place)[] entries) => frame =>
    {
        if (!frame.Charge(1 + entries.Length))
            return frame.Exceeded();
        var map = new CelMap();
        foreach (var (keyNode, valueNode, place) in entries)
        {
            var key = keyNode(frame);
            if (key.IsError)
                return key;
            var value = valueNode(frame);
            if (value.IsError)
                return value;
            if (!frame.Charge(Costs.Walk(Costs.Size(key))))
                return frame.Exceeded();
            if (map.TryAdd(key, value) is { } error)
                return Errors.At(CelValue.Of(error), place);
        }

        return CelValue.Of(map);
    };
}
