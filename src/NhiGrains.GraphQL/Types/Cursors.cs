using System.Buffers.Text;
using System.Text;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Types;

/// <summary>Opaque cursors: the key of the last element, bound to the list and order that it belongs to.</summary>
internal static class Cursors
{
    public const int DefaultFirst = 50;
    public const int MaxFirst = 200;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(string list, string key) => Base64Url.EncodeToString(Strict.GetBytes($"{list}\n{key}"));

    /// <exception cref="TransportError">BAD_CURSOR: it is not one of ours, or of another list or order.</exception>
    public static string? Decode(string list, string? cursor)
    {
        if (cursor is null)
            return null;
        try
        {
            var text = Strict.GetString(Base64Url.DecodeFromChars(cursor));
            if (text.StartsWith(list + "\n", StringComparison.Ordinal))
                return text[(list.Length + 1)..];
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            // The same answer as for a cursor of another list.
        }

        throw Bad();
    }

    public static TransportError Bad() => new("BAD_CURSOR", "The cursor is not one of this list and order.",
        "Pass an 'endCursor' or 'cursor' of the same field with the same 'order', or start without one.");

    /// <exception cref="TransportError">INVALID_PAGE_SIZE.</exception>
    public static int First(int? first) => first switch
    {
        null => DefaultFirst,
        >= 1 and <= MaxFirst => first.Value,
        _ => throw new TransportError("INVALID_PAGE_SIZE", $"A page has 1 to {MaxFirst} elements.", $"Pass 'first' between 1 and {MaxFirst}."),
    };
}
