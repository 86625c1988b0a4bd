using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Api;

/// <summary>
/// The list or watch cannot go on from where it was (410): the server has forgotten that version of its state.
/// </summary>
internal sealed class GoneException(string message) : Exception(message);

/// <summary>From what an API server or the way to it does to what the seam says.</summary>
internal static class ApiFailures
{
    private const int MaxMessage = 400;

    /// <param name="doing">What was being done, for the message: <c>create RoleBinding shop/nhi-billing</c>.</param>
    public static Exception OfAnswer(HttpStatusCode status, TimeSpan? retryAfter, string body, string doing)
    {
        var said = Said(body);
        PlatformException Failure(PlatformError error, string text) => new(error, $"Cannot {doing}: {text}", retryAfter: retryAfter);
        return (int)status switch
        {
            401 => Failure(PlatformError.AccessDenied, "the API server does not accept our credentials (401)."),
            403 => Failure(PlatformError.AccessDenied, said ?? "the API server refused it (403)."),
            404 => Failure(PlatformError.NotFound, said ?? "it does not exist (404)."),
            409 => Failure(PlatformError.Conflict, said ?? "somebody else wrote in between (409)."),
            410 => new GoneException(said ?? "The server no longer has this version of its state."),
            429 => Failure(PlatformError.Throttled, "the API server asks to slow down (429)."),
            408 or >= 500 => Failure(PlatformError.Unavailable, $"the API server answered {(int)status}{(said is null ? "." : $": {said}")}"),
            _ => Failure(PlatformError.Rejected, said ?? $"the API server answered {(int)status}."),
        };
    }

    /// <summary>Whether the platform, or the way to it, is the cause: not the caller's cancellation, and no fault of ours.</summary>
    public static bool IsOfPlatform(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && exception is OperationCanceledException or HttpRequestException or AuthenticationException or JsonException
            or FormatException or NotSupportedException or IOException or KubernetesException;

    public static PlatformException OfException(Exception exception, string doing) => exception switch
    {
        OperationCanceledException => Unavailable(doing, "no answer in time", exception),
        HttpRequestException http => Unavailable(doing, $"the API server cannot be reached ({http.HttpRequestError})", exception),
        AuthenticationException => Unavailable(doing, "the API server's certificate is not the one that was expected", exception),
        IOException => Unavailable(doing, "the connection broke", exception),
        _ => Unavailable(doing, "the answer could not be read", null),
    };

    public static PlatformException Unavailable(string doing, string text, Exception? cause) =>
        new(PlatformError.Unavailable, $"Cannot {doing}: {text}.", cause);

    /// <summary>The server's own sentence, if it sent one: bounded and on one line. It names objects and permissions, no contents.</summary>
    private static string? Said(string body)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Status>(body) is { Kind: "Status", Message: { Length: > 0 } message } ? Bounded(message) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Bounded(string message)
    {
        var plain = string.Concat(message.Select(character => char.IsControl(character) ? ' ' : character));
        return plain.Length <= MaxMessage ? plain : plain[..MaxMessage] + "…";
    }
}
