using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace NhiGrains.GraphQL.Transport.Http;

/// <summary>Content negotiation as the GraphQL-over-HTTP specification has it.</summary>
internal static class MediaTypes
{
    public const string GraphQL = "application/graphql-response+json";
    public const string Json = "application/json";

    /// <summary>The media type to answer in, or null when the client accepts none of ours.</summary>
    public static string? Negotiate(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
            return Json;
        var graphql = Quality(accepted, GraphQL);
        var json = Quality(accepted, Json);
        if (graphql <= 0 && json <= 0)
            return null;

        // Who names the new type knows its status codes; who sends a wildcard gets what every client understands.
        var named = accepted.Any(range => range.MediaType.Equals(GraphQL, StringComparison.OrdinalIgnoreCase));
        return (named && graphql >= json) || json <= 0 ? GraphQL : Json;
    }

    public static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    // The most specific range that covers the type decides, as for any Accept header.
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var candidate = new MediaTypeHeaderValue(type);
        return accepted
            .Where(range => range.MatchesAllTypes
                || range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)
                || (range.MatchesAllSubTypes && candidate.Type.Equals(range.Type, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
