using NhiGrains.Cel.Evaluation;
using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Functions;

internal delegate CelValue Function(Frame frame, ReadOnlySpan<CelValue> arguments);

/// <summary>
/// The standard functions and operators by name and number of arguments, a receiver being the first. Each picks its overload by
/// the types of the values it gets.
/// </summary>
internal static class StandardFunctions
{
    private static readonly Dictionary<(string, bool, int), Function> All = Build();

    public static Function? Find(string name, bool isMember, int arguments) => All.GetValueOrDefault((name, isMember, arguments));

    private static Dictionary<(string, bool, int), Function> Build()
    {
        var all = new Dictionary<(string, bool, int), Function>();
        void One(string name, Func<Frame, CelValue, CelValue> function, bool member = false) =>
            all.Add((name, member, 1), (frame, a) => function(frame, a[0]));
        void Two(string name, Func<Frame, CelValue, CelValue, CelValue> function, bool member = false) =>
            all.Add((name, member, 2), (frame, a) => function(frame, a[0], a[1]));
        void Conversion(string name, Func<CelValue, CelValue> function) =>
            One(name, (frame, value) => frame.Charge(Costs.Walk(Costs.Size(value))) ? function(value) : frame.Exceeded());

        Two("_+_", Arithmetic.Add);
        Two("_-_", Arithmetic.Subtract);
        Two("_*_", Arithmetic.Multiply);
        Two("_/_", Arithmetic.Divide);
        Two("_%_", Arithmetic.Remainder);
        One(Operators.Negate, Arithmetic.Negate);
        One(Operators.Not, (_, a) => a.Kind == CelKind.Bool ? CelValue.Of(!a.AsBool) : Errors.NoOverload(Operators.Not, a));
        Two(Operators.Equal, Comparison.Equal);
        Two(Operators.NotEqual, Comparison.NotEqual);
        Two("_<_", Comparison.Less);
        Two("_<=_", Comparison.LessOrEqual);
        Two("_>_", Comparison.Greater);
        Two("_>=_", Comparison.GreaterOrEqual);
        Two(Operators.Index, Collections.Index);
        Two(Operators.In, Collections.In);
        One("size", Collections.Size);
        One("size", Collections.Size, member: true);
        Two("contains", Strings.Contains, member: true);
        Two("startsWith", Strings.StartsWith, member: true);
        Two("endsWith", Strings.EndsWith, member: true);
        Two("matches", Strings.Matches, member: true);
        Two("matches", Strings.Matches);
        Conversion("int", Conversions.ToInt);
        Conversion("uint", Conversions.ToUint);
        Conversion("double", Conversions.ToDouble);
        Conversion("string", Conversions.ToText);
        Conversion("bytes", Conversions.ToBytes);
        Conversion("bool", Conversions.ToBool);
        Conversion("timestamp", Conversions.ToTimestamp);
        Conversion("duration", Conversions.ToDuration);
        One("type", (_, value) => Conversions.TypeOf(value));
        One("dyn", (_, value) => value);
        foreach (var getter in Times.Getters.Keys)
        {
            One(getter, (_, value) => Times.Get(getter, value), member: true);
            Two(getter, (_, value, zone) => Times.Get(getter, value, zone), member: true);
        }

        return all;
    }
}
