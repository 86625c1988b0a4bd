namespace NhiGrains.Cel;

/// <summary>
/// One value of CEL. Immutable; small values need no allocation. <see cref="Equals(CelValue)"/> is identity of kind and content
/// (so <c>NaN</c> equals itself and <c>1</c> is not <c>1u</c>); CEL's own <c>==</c> is a different question.
/// The members named <c>As…</c> throw <see cref="InvalidOperationException"/> if the value is of another kind.
/// </summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    private readonly object? _reference;
    private readonly long _bits;
    private readonly int _nanos;

    private CelValue(CelKind kind, object? reference, long bits, int nanos = 0) =>
        (Kind, _reference, _bits, _nanos) = (kind, reference, bits, nanos);

    public static CelValue Null => new(CelKind.Null, reference: null, 0);

    internal static CelValue True => new(CelKind.Bool, reference: null, 1);

    internal static CelValue False => new(CelKind.Bool, reference: null, 0);

    public CelKind Kind { get; }

    public bool AsBool => Raw(CelKind.Bool)._bits != 0;

    public long AsInt => Raw(CelKind.Int)._bits;

    public ulong AsUint => unchecked((ulong)Raw(CelKind.Uint)._bits);

    public double AsDouble => BitConverter.Int64BitsToDouble(Raw(CelKind.Double)._bits);

    public string AsString => (string)Raw(CelKind.String).Reference;

    public ReadOnlyMemory<byte> AsBytes => (byte[])Raw(CelKind.Bytes).Reference;

    public IReadOnlyList<CelValue> AsList => ListItems;

    /// <summary>The entries in the order in which they were given.</summary>
    public IReadOnlyList<KeyValuePair<CelValue, CelValue>> AsMap => MapEntries.Entries;

    public CelType AsType => (CelType)Raw(CelKind.Type).Reference;

    /// <summary>Whole seconds since 1970 (rounded down), and nanoseconds from 0 to 999,999,999.</summary>
    public (long Seconds, int Nanos) AsTimestamp => (Raw(CelKind.Timestamp)._bits, _nanos);

    /// <summary>Seconds and nanoseconds, both of the same sign (or zero).</summary>
    public (long Seconds, int Nanos) AsDuration => (Raw(CelKind.Duration)._bits, _nanos);

    internal CelValue[] ListItems => (CelValue[])Raw(CelKind.List).Reference;

    internal CelMap MapEntries => (CelMap)Raw(CelKind.Map).Reference;

    internal CelError AsError => (CelError)Raw(CelKind.Error).Reference;

    internal bool IsError => Kind == CelKind.Error;

    internal bool IsTrue => Kind == CelKind.Bool && _bits != 0;

    internal bool IsFalse => Kind == CelKind.Bool && _bits == 0;

    /// <summary>Whether this is an error that nothing may absorb: the evaluation has to stop.</summary>
    internal bool IsFatal => Kind == CelKind.Error && AsError.Kind == CelErrorKind.CostExceeded;

    private object Reference => _reference!; // Each kind that has a reference is made with one below.

    public static CelValue Of(bool value) => new(CelKind.Bool, reference: null, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, reference: null, value);

    public static CelValue Of(ulong value) => new(CelKind.Uint, reference: null, unchecked((long)value));

    public static CelValue Of(double value) => new(CelKind.Double, reference: null, BitConverter.DoubleToInt64Bits(value));

    /// <exception cref="ArgumentException">The text has half a surrogate pair, so it is no sequence of code points.</exception>
    public static CelValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return CodePoints.AreValid(value) ? Text(value) : throw new ArgumentException("Half a surrogate pair.", nameof(value));
    }

    public static CelValue Of(ReadOnlySpan<byte> value) => Octets(value.ToArray());

    public static CelValue Of(CelType type) => new(CelKind.Type, type ?? throw new ArgumentNullException(nameof(type)), 0);

    public static CelValue List(IEnumerable<CelValue> items) => Items([.. items]);

    /// <exception cref="ArgumentException">A key is not a bool, int, uint or string, or is there twice.</exception>
    public static CelValue Map(IEnumerable<KeyValuePair<CelValue, CelValue>> entries)
    {
        var map = new CelMap();
        foreach (var (key, value) in entries)
        {
            if (map.TryAdd(key, value) is { } error)
                throw new ArgumentException(error.Message, nameof(entries));
        }

        return Of(map);
    }

    /// <exception cref="ArgumentOutOfRangeException">Before year 1, after year 9999, or nanoseconds out of range.</exception>
    public static CelValue Timestamp(long seconds, int nanos = 0)
    {
        var value = Instants.Make(seconds, nanos);
        return value.IsError ? throw new ArgumentOutOfRangeException(nameof(seconds), value.AsError.Message) : value;
    }

    public static CelValue Of(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0 ? Timestamp(seconds - 1, (int)(rest + TimeSpan.TicksPerSecond) * 100) : Timestamp(seconds, (int)rest * 100);
    }

    /// <exception cref="ArgumentOutOfRangeException">More than 292 years.</exception>
    public static CelValue Of(TimeSpan span)
    {
        var seconds = Math.DivRem(span.Ticks, TimeSpan.TicksPerSecond, out var rest);
        return Duration(seconds, (int)rest * 100);
    }

    /// <exception cref="ArgumentOutOfRangeException">More nanoseconds than fit into 64 bits (292 years), or signs that differ.</exception>
    public static CelValue Duration(long seconds, int nanos = 0)
    {
        if (!Spans.IsInRange(((Int128)seconds * Spans.NanosPerSecond) + nanos) || Math.Abs((long)nanos) >= Spans.NanosPerSecond
            || Math.Sign(seconds) * Math.Sign(nanos) < 0)
            throw new ArgumentOutOfRangeException(nameof(seconds));
        return RawDuration(seconds, nanos);
    }

    internal static CelValue Of(CelError error) => new(CelKind.Error, error, 0);

    internal static CelValue Of(CelMap map) => new(CelKind.Map, map, 0);

    internal static CelValue Text(string value) => new(CelKind.String, value, 0);

    internal static CelValue Octets(byte[] value) => new(CelKind.Bytes, value, 0);

    internal static CelValue Items(CelValue[] value) => new(CelKind.List, value, 0);

    internal static CelValue RawTimestamp(long seconds, int nanos) => new(CelKind.Timestamp, reference: null, seconds, nanos);

    internal static CelValue RawDuration(long seconds, int nanos) => new(CelKind.Duration, reference: null, seconds, nanos);

    public bool Equals(CelValue other) => Kind == other.Kind && Kind switch
    {
        CelKind.Double => AsDouble.Equals(other.AsDouble),
        CelKind.Bytes => AsBytes.Span.SequenceEqual(other.AsBytes.Span),
        CelKind.List => ListItems.AsSpan().SequenceEqual(other.ListItems),
        CelKind.Map => MapEntries.SameAs(other.MapEntries),
        _ => _bits == other._bits && _nanos == other._nanos && Equals(_reference, other._reference),
    };

    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    public override int GetHashCode() => Kind switch
    {
        CelKind.Double => AsDouble.GetHashCode(),
        CelKind.Bytes => AsBytes.Length,
        CelKind.List => ListItems.Length,
        CelKind.Map => MapEntries.Count,
        _ => HashCode.Combine(Kind, _bits, _nanos, _reference),
    };

    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <summary>For people and logs: close to a CEL literal; not a format to parse.</summary>
    public override string ToString() => ValueText.Of(this);

    private CelValue Raw(CelKind expected) => Kind == expected
        ? this
        : throw new InvalidOperationException($"A value of kind {Kind} is not a {expected}.");
}
