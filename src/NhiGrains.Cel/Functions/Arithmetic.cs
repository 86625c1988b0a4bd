using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel.Functions;

/// <summary>Arithmetic, which says so when a result does not fit (Language Definition, <i>Overflow</i>).</summary>
internal static class Arithmetic
{
    public static CelValue Add(Frame frame, CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Int((Int128)a.AsInt + b.AsInt),
        (CelKind.Uint, CelKind.Uint) => Uint((Int128)a.AsUint + b.AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(a.AsDouble + b.AsDouble),
        (CelKind.String, CelKind.String) or (CelKind.Bytes, CelKind.Bytes) or (CelKind.List, CelKind.List) =>
            Concatenate(frame, a, b),
        (CelKind.Timestamp, CelKind.Duration) => Shift(a, b, 1),
        (CelKind.Duration, CelKind.Timestamp) => Shift(b, a, 1),
        (CelKind.Duration, CelKind.Duration) => Spans.Make(Spans.Nanos(a) + Spans.Nanos(b)),
        _ => Errors.NoOverload("_+_", a, b),
    };

    public static CelValue Subtract(Frame frame, CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Int((Int128)a.AsInt - b.AsInt),
        (CelKind.Uint, CelKind.Uint) => Uint((Int128)a.AsUint - b.AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(a.AsDouble - b.AsDouble),
        (CelKind.Timestamp, CelKind.Duration) => Shift(a, b, -1),
        (CelKind.Timestamp, CelKind.Timestamp) => Spans.Make(Nanos(a) - Nanos(b)),
        (CelKind.Duration, CelKind.Duration) => Spans.Make(Spans.Nanos(a) - Spans.Nanos(b)),
        _ => Errors.NoOverload("_-_", a, b),
    };

    public static CelValue Multiply(Frame frame, CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Int((Int128)a.AsInt * b.AsInt),
        (CelKind.Uint, CelKind.Uint) => Uint(Math.BigMul(a.AsUint, b.AsUint)),
        (CelKind.Double, CelKind.Double) => CelValue.Of(a.AsDouble * b.AsDouble),
        _ => Errors.NoOverload("_*_", a, b),
    };

    public static CelValue Divide(Frame frame, CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => b.AsInt == 0 ? ByZero("Division") : Int((Int128)a.AsInt / b.AsInt),
        (CelKind.Uint, CelKind.Uint) => b.AsUint == 0 ? ByZero("Division") : CelValue.Of(a.AsUint / b.AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(a.AsDouble / b.AsDouble),
        _ => Errors.NoOverload("_/_", a, b),
    };

    /// <summary>The sign is the dividend's. The smallest int by -1 overflows as the division does.</summary>
    public static CelValue Remainder(Frame frame, CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) when b.AsInt == 0 => ByZero("Remainder"),
        (CelKind.Int, CelKind.Int) when b.AsInt == -1 => a.AsInt == long.MinValue ? Errors.Overflow("int") : CelValue.Of(0L),
        (CelKind.Int, CelKind.Int) => CelValue.Of(a.AsInt % b.AsInt),
        (CelKind.Uint, CelKind.Uint) => b.AsUint == 0 ? ByZero("Remainder") : CelValue.Of(a.AsUint % b.AsUint),
        _ => Errors.NoOverload("_%_", a, b),
    };

    public static CelValue Negate(Frame frame, CelValue a) => a.Kind switch
    {
        CelKind.Int => Int(-(Int128)a.AsInt),
        CelKind.Double => CelValue.Of(-a.AsDouble),
        _ => Errors.NoOverload("-_", a),
    };

    private static CelValue Int(Int128 value) =>
        value < long.MinValue || value > long.MaxValue ? Errors.Overflow("int") : CelValue.Of((long)value);

    private static CelValue Uint(Int128 value) =>
        value < 0 || value > ulong.MaxValue ? Errors.Overflow("uint") : CelValue.Of((ulong)value);

    private static CelValue Uint(UInt128 value) =>
        value > ulong.MaxValue ? Errors.Overflow("uint") : CelValue.Of((ulong)value);

    private static CelValue ByZero(string what) => Errors.Of(CelErrorKind.DivisionByZero, $"{what} by zero.");

    private static CelValue Concatenate(Frame frame, CelValue a, CelValue b)
    {
        if (!frame.Charge(Costs.Walk(Costs.Size(a)) + Costs.Walk(Costs.Size(b))))
            return frame.Exceeded();
        return a.Kind switch
        {
            CelKind.String => CelValue.Text(a.AsString + b.AsString),
            CelKind.Bytes => CelValue.Octets([.. a.AsBytes.Span, .. b.AsBytes.Span]),
            _ => CelValue.Items([.. a.ListItems, .. b.ListItems]),
        };
    }

    private static CelValue Shift(CelValue timestamp, CelValue duration, int sign)
    {
        var ((seconds, nanos), (bySeconds, byNanos)) = (timestamp.AsTimestamp, duration.AsDuration);
        return Instants.Make((Int128)seconds + (sign * bySeconds), nanos + (sign * byNanos));
    }

    private static Int128 Nanos(CelValue timestamp)
    {
        var (seconds, nanos) = timestamp.AsTimestamp;
        return ((Int128)seconds * Spans.NanosPerSecond) + nanos;
    }
}
