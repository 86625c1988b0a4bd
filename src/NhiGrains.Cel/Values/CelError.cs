namespace NhiGrains.Cel;

/// <summary>Why an evaluation gave no value (Language Definition, <i>Runtime Errors</i>; the specification leaves more kinds open).</summary>
public enum CelErrorKind
{
    /// <summary>No function or operator of this name takes arguments of these types.</summary>
    NoMatchingOverload,

    /// <summary>The map has no such key, or the value selected from has no fields.</summary>
    NoSuchField,

    IndexOutOfRange,

    DivisionByZero,

    /// <summary>The result of arithmetic or of a conversion is out of the range of its type.</summary>
    Overflow,

    /// <summary>A text that cannot be converted, an unknown time zone, a regular expression that RE2 would not take.</summary>
    InvalidArgument,

    DuplicateKey,

    UnsupportedKey,

    /// <summary>The attribute is declared but was not given.</summary>
    UnboundAttribute,

    /// <summary>
    /// The attribute that was given is not of its declared type. What is within a list or a map is not looked at: it fails where it
    /// is used.
    /// </summary>
    AttributeType,

    /// <summary>The evaluation was stopped at the limit of its cost. Nothing absorbs this error.</summary>
    CostExceeded,
}

/// <summary>An error of an evaluation.</summary>
/// <param name="Message">What happened, in English, for the author of the expression. It can show values of the input.</param>
/// <param name="Line">From 1, or 0 when the place is not known.</param>
/// <param name="Column">From 1, in code points, or 0.</param>
public sealed record CelError(CelErrorKind Kind, string Message, int Line = 0, int Column = 0);
