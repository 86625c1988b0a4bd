using System.Globalization;
using GraphQL.Types;
using GraphQLParser.AST;
using NhiGrains.Domain;

namespace NhiGrains.GraphQL.Types;

/// <summary>The one form in which time is written, in answers as in the audit.</summary>
internal sealed class InstantType : ScalarGraphType
{
    public InstantType()
    {
        Name = "Instant";
        Description = "An instant as RFC 3339 writes it. Answers are in UTC with milliseconds, for example '2026-11-24T09:30:00.000Z'; "
            + "inputs may have any offset, and must have one.";
    }

    public override object? Serialize(object? value) => value switch
    {
        null => null,
        DateTimeOffset instant => Canonical.Instant(instant),
        _ => ThrowSerializationError(value),
    };

    public override object? ParseValue(object? value) => value switch
    {
        null => null,
        DateTimeOffset instant => instant,
        string text when TryParse(text, out var instant) => instant,
        _ => ThrowValueConversionError(value),
    };

    public override object? ParseLiteral(GraphQLValue value) => value switch
    {
        GraphQLNullValue => null,
        GraphQLStringValue text when TryParse((string)text.Value, out var instant) => instant,
        _ => ThrowLiteralConversionError(value),
    };

    // Without an offset the instant would depend on where the server runs.
    private static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        return text.Length is > 18 and < 40
            && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);
    }
}
