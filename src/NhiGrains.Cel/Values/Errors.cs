namespace NhiGrains.Cel;

/// <summary>Errors as values, on their way up.</summary>
internal static class Errors
{
    public static CelValue Of(CelErrorKind kind, string message) => CelValue.Of(new CelError(kind, message));

    public static CelValue Overflow(string type) => Of(CelErrorKind.Overflow, $"The result is out of the range of {type}.");

    public static CelValue Invalid(string message) => Of(CelErrorKind.InvalidArgument, message);

    public static CelValue NoOverload(string function, params ReadOnlySpan<CelValue> arguments)
    {
        var types = new string[arguments.Length];
        for (var i = 0; i < types.Length; i++)
            types[i] = CelType.NameOf(arguments[i]);
        return Of(CelErrorKind.NoMatchingOverload, $"{function} has no overload for ({string.Join(", ", types)}).");
    }

    /// <summary>The error with its place, unless a part of the expression has given it one already.</summary>
    public static CelValue At(CelValue value, (int Line, int Column) place) =>
        value.IsError && value.AsError.Line == 0
            ? CelValue.Of(value.AsError with { Line = place.Line, Column = place.Column })
            : value;
}
