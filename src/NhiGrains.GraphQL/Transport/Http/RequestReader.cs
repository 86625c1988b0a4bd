using System.Buffers;
using System.Text.Json;
using GraphQL;
using Microsoft.AspNetCore.Http;
using NhiGrains.GraphQL.Transport.Documents;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Http;

/// <summary>From a request to an operation, or to the reason why it is refused.</summary>
internal static class RequestReader
{
    public static OperationJson.Reading FromQuery(IQueryCollection query, IGraphQLSerializer serializer)
    {
        if (query["query"] is not [{ Length: > 0 } text])
            return new(null, Refusals.BadRequest("'query' must be given once.", "Send the document as the parameter 'query'."));
        try
        {
            return new(new Operation(text, NullIfEmpty(query["operationName"]), Map("variables"), Map("extensions")), null);
        }
        catch (JsonException)
        {
            return new(null, Refusals.BadRequest("'variables' and 'extensions' must be JSON objects.", "Encode them as JSON."));
        }

        Inputs? Map(string name)
        {
            if (NullIfEmpty(query[name]) is not { } json)
                return null;
            using var document = JsonDocument.Parse(json, OperationJson.Parsing);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Object => serializer.ReadNode<Inputs>(document.RootElement),
                _ => throw new JsonException("Not an object."),
            };
        }
    }

    public static async Task<OperationJson.Reading> FromBodyAsync(
        HttpRequest request, int maximum, IGraphQLSerializer serializer, CancellationToken cancellation)
    {
        if (!MediaTypes.IsJson(request))
            return new(null, Refusals.UnsupportedMediaType());
        if (request.ContentLength > maximum)
            return new(null, Refusals.BodyTooLarge(maximum));

        // One byte more than allowed tells a body that fits from one that does not.
        var buffer = ArrayPool<byte>.Shared.Rent(maximum + 1);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, maximum + 1), maximum + 1, throwOnEndOfStream: false, cancellation);
            return length > maximum
                ? new(null, Refusals.BodyTooLarge(maximum))
                : OperationJson.Read(WithoutMark(buffer.AsSpan(0, length)), serializer);
        }
        finally
        {
            // Variables can carry what nobody else should see.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) =>
        json.StartsWith("\uFEFF"u8) ? json[3..] : json;
}
