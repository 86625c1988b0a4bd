namespace NhiGrains.Cel;

/// <summary>The types of CEL's values (Language Definition, <i>Values</i>), without messages and enumerations.</summary>
public enum CelKind
{
    /// <summary>No value yet: what <c>default(CelValue)</c> has. An expression never gives it.</summary>
    None,
    Null,
    Bool,

    /// <summary>64 bits, signed.</summary>
    Int,

    /// <summary>64 bits, unsigned.</summary>
    Uint,

    /// <summary>64 bits, IEEE 754.</summary>
    Double,

    /// <summary>Unicode code points.</summary>
    String,
    Bytes,
    List,
    Map,

    /// <summary>An instant from year 1 to year 9999, to the nanosecond.</summary>
    Timestamp,

    /// <summary>A span of up to 292 years in either direction, to the nanosecond.</summary>
    Duration,

    /// <summary>The type of a value, itself a value.</summary>
    Type,

    /// <summary>Only within an evaluation: an error on its way up.</summary>
    Error,
}
