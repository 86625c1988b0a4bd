using GraphQL;
using Microsoft.AspNetCore.Http;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>Everything that the transport refuses by itself, with its code.</summary>
internal static class Refusals
{
    public static TransportError Unauthenticated() => Http(StatusCodes.Status401Unauthorized, "UNAUTHENTICATED",
        "This endpoint needs an authenticated caller.", "Send a valid token as 'Authorization: Bearer …'.");

    public static TransportError BadRequest(string message, string hint) =>
        Http(StatusCodes.Status400BadRequest, "BAD_REQUEST", message, hint);

    public static TransportError MethodNotAllowed() => Http(StatusCodes.Status405MethodNotAllowed, "METHOD_NOT_ALLOWED",
        "Only GET and POST are served here.", "Send the operation as a POST with 'Content-Type: application/json'.");

    public static TransportError MutationByGet() => Http(StatusCodes.Status405MethodNotAllowed, "METHOD_NOT_ALLOWED",
        "A GET executes queries only.", "Send this operation as a POST with 'Content-Type: application/json'.");

    public static TransportError UnsupportedMediaType() => Http(StatusCodes.Status415UnsupportedMediaType,
        "UNSUPPORTED_MEDIA_TYPE", "The body must be JSON in UTF-8.", "Send 'Content-Type: application/json'.");

    public static TransportError NotAcceptable() => Http(StatusCodes.Status406NotAcceptable, "NOT_ACCEPTABLE",
        "None of the media types in Accept can be served.",
        "Send 'Accept: application/graphql-response+json, application/json'.");

    public static TransportError BodyTooLarge(int maximum) => Http(StatusCodes.Status413PayloadTooLarge, "BODY_TOO_LARGE",
        $"The body is larger than {maximum} bytes.", "Send large inputs as several smaller operations.");

    public static TransportError PreflightRequired() => Http(StatusCodes.Status403Forbidden, "PREFLIGHT_REQUIRED",
        "A page of another site sent this GET without asking first.",
        "Add the header 'GraphQL-Require-Preflight: 1', or send a POST with 'Content-Type: application/json'.");

    public static TransportError OriginRefused() => Http(StatusCodes.Status403Forbidden, "ORIGIN_REFUSED",
        "Pages of this origin may not open a socket.", "Ask an operator to add the origin to AllowedOrigins.");

    public static TransportError ProtocolRequired(string protocol) => Http(StatusCodes.Status400BadRequest, "PROTOCOL_REQUIRED",
        $"Sockets speak '{protocol}' here.", $"Open the socket with the sub-protocol '{protocol}'.");

    public static TransportError TooManySockets() => Http(StatusCodes.Status503ServiceUnavailable, "TOO_MANY_SOCKETS",
        "This server has no room for another socket.", "Try again in a few seconds.");

    public static TransportError TooManyOnSocket(int maximum) => new("TOO_MANY_OPERATIONS_ON_SOCKET",
        $"A socket carries at most {maximum} operations at once.", "Complete one first, or open another socket.");

    public static TransportError SubscriptionByHttp() => new("SUBSCRIPTION_NEEDS_SOCKET",
        "A subscription is not served over plain HTTP.",
        "Open a WebSocket at the same path with the sub-protocol 'graphql-transport-ws'.");

    public static TransportError Limit(string code, string what, long maximum, string hint) =>
        new(code, $"The document exceeds {maximum} {what}.", hint);

    public static TransportError FragmentCycle() => new("FRAGMENT_CYCLE",
        "A fragment spreads itself.", "Remove the cycle among the fragments.");

    public static TransportError Internal(string correlation) => new("INTERNAL",
        $"Something unexpected went wrong on the server. Correlation: {correlation}.",
        "Try again; if it stays, quote the correlation to an operator.", ("correlation", correlation))
    {
        HttpStatus = StatusCodes.Status500InternalServerError,
    };

    public static ExecutionResult AsResult(this ExecutionError error) => new() { Errors = [error] };

    private static TransportError Http(int status, string code, string message, string hint) =>
        new(code, message, hint) { HttpStatus = status };
}
