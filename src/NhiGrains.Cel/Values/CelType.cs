namespace NhiGrains.Cel;

/// <summary>
/// A type as the checker knows it: lists and maps say of what (Language Definition, <i>Gradual Type Checking</i>). Its text is the
/// specification's notation, for example <c>map(string, list(dyn))</c>.
/// </summary>
public sealed record CelType
{
    private readonly CelType[] _parameters;

    private CelType(string name, CelKind kind, params CelType[] parameters) => (Name, Kind, _parameters) = (name, kind, parameters);

    /// <summary>The union of all types: what is of it is decided while evaluating.</summary>
    public static CelType Dyn { get; } = new("dyn", CelKind.None);

    public static CelType Null { get; } = new("null_type", CelKind.Null);

    public static CelType Bool { get; } = new("bool", CelKind.Bool);

    public static CelType Int { get; } = new("int", CelKind.Int);

    public static CelType Uint { get; } = new("uint", CelKind.Uint);

    public static CelType Double { get; } = new("double", CelKind.Double);

    public static CelType String { get; } = new("string", CelKind.String);

    public static CelType Bytes { get; } = new("bytes", CelKind.Bytes);

    public static CelType Timestamp { get; } = new("google.protobuf.Timestamp", CelKind.Timestamp);

    public static CelType Duration { get; } = new("google.protobuf.Duration", CelKind.Duration);

    /// <summary>The type of types.</summary>
    public static CelType Type { get; } = new("type", CelKind.Type);

    public string Name { get; }

    internal CelKind Kind { get; }

    internal ReadOnlySpan<CelType> Parameters => _parameters;

    /// <summary>A variable of a signature; the checker finds out what it stands for.</summary>
    internal bool IsVariable => Kind == CelKind.Error;

    internal bool IsDyn => Kind == CelKind.None;

    public static CelType List(CelType element) => new("list", CelKind.List, element);

    public static CelType Map(CelType key, CelType value) => new("map", CelKind.Map, key, value);

    /// <summary>The type of a value that is itself a type.</summary>
    public static CelType TypeOf(CelType type) => new("type", CelKind.Type, type);

    /// <summary>Reads the specification's notation, for example <c>map(string, list(int))</c>; null if it is no type.</summary>
    public static CelType? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TypeNotation.Parse(text, allowVariables: false);
    }

    internal static CelType Variable(string name) => new(name, CelKind.Error);

    internal CelType With(CelType[] parameters) => new(Name, Kind, parameters);

    internal static CelType Of(CelValue value) => value.Kind switch
    {
        CelKind.Null => Null,
        CelKind.Bool => Bool,
        CelKind.Int => Int,
        CelKind.Uint => Uint,
        CelKind.Double => Double,
        CelKind.String => String,
        CelKind.Bytes => Bytes,
        CelKind.List => List(Dyn),
        CelKind.Map => Map(Dyn, Dyn),
        CelKind.Timestamp => Timestamp,
        CelKind.Duration => Duration,
        CelKind.Type => Type,
        _ => Dyn,
    };

    internal static string NameOf(CelValue value) => Of(value).Name;

    public bool Equals(CelType? other) =>
        other is not null && Name == other.Name && Kind == other.Kind && _parameters.AsSpan().SequenceEqual(other._parameters);

    public override int GetHashCode() => HashCode.Combine(Name, _parameters.Length);

    public override string ToString() =>
        _parameters.Length == 0 ? Name : $"{Name}({string.Join(", ", _parameters.Select(p => p.ToString()))})";
}
