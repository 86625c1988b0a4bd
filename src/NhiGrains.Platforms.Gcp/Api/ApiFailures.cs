using System.Security.Authentication;
using Google;
using Google.Apis.Auth.OAuth2.Responses;
using Newtonsoft.Json;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>From what Google or the way to it does to what the seam says.</summary>
internal static class ApiFailures
{
    private const int MaxMessage = 400;

    /// <summary>Whether the platform, or the way to it, is the cause: not the caller's cancellation, and no fault of ours.</summary>
    public static bool IsOfPlatform(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && exception is GoogleApiException or OperationCanceledException or HttpRequestException or IOException
            or AuthenticationException or JsonException or TokenResponseException;

    public static PlatformException Of(Exception exception, string doing, TimeSpan? retryAfter) => exception switch
    {
        GoogleApiException answer => OfAnswer(answer, doing, retryAfter),
        TokenResponseException => new(PlatformError.AccessDenied, $"Cannot {doing}: our own credentials could not be had."),
        OperationCanceledException => Unavailable(doing, "no answer in time", exception),
        HttpRequestException http => Unavailable(doing, $"Google cannot be reached ({http.HttpRequestError})", exception),
        AuthenticationException => Unavailable(doing, "the server's certificate is not Google's", exception),
        IOException => Unavailable(doing, "the connection broke", exception),
        // A parser's message repeats what it could not read, and a credential's may repeat its file.
        _ => Unavailable(doing, "the answer could not be read"),
    };

    public static PlatformException Unavailable(string doing, string text, Exception? cause = null) =>
        new(PlatformError.Unavailable, $"Cannot {doing}: {text}.", cause);

    // Google's exception is no cause: it holds the whole answer, whoever gave it.
    private static PlatformException OfAnswer(GoogleApiException answer, string doing, TimeSpan? retryAfter)
    {
        var said = Said(answer);
        PlatformException Failure(PlatformError error, string text) => new(error, $"Cannot {doing}: {text}", retryAfter: retryAfter);
        return (int)answer.HttpStatusCode switch
        {
            401 => Failure(PlatformError.AccessDenied, "Google does not accept our credentials (401)."),
            403 => Failure(PlatformError.AccessDenied, said ?? "Google refused it (403)."),
            404 => Failure(PlatformError.NotFound, said ?? "it does not exist (404)."),
            409 or 412 => Failure(PlatformError.Conflict, said ?? $"somebody else wrote in between ({(int)answer.HttpStatusCode})."),
            429 => Failure(PlatformError.Throttled, "Google asks to slow down (429)."),
            408 or >= 500 => Failure(PlatformError.Unavailable, $"Google answered {(int)answer.HttpStatusCode}."),
            >= 400 => Failure(PlatformError.Rejected, said ?? $"Google answered {(int)answer.HttpStatusCode}."),
            _ => Failure(PlatformError.Unavailable, "the answer could not be read."),
        };
    }

    /// <summary>Google's own sentence, if it sent one: bounded and on one line. It names resources and permissions, no contents.</summary>
    private static string? Said(GoogleApiException answer)
    {
        if (answer.Error?.Message is not { Length: > 0 } message || message.Contains('<', StringComparison.Ordinal))
            return null;
        var plain = string.Concat(message.Select(character => char.IsControl(character) ? ' ' : character));
        return plain.Length <= MaxMessage ? plain : plain[..MaxMessage] + "…";
    }
}
