using System.Globalization;
using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>From what AWS, the SDK or the way between does to what the seam says.</summary>
internal static class AwsFailures
{
    private const int MaxMessage = 400;

    private static readonly string[] Throttling = ["Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown"];

    /// <param name="doing">What was being done, for the message: <c>PutRolePolicy of role/app</c>.</param>
    public static PlatformException Of(Exception exception, string doing) => exception switch
    {
        AmazonServiceException service => OfAnswer(service, doing),
        UnreadableAnswerException or XmlException => Unavailable(doing, "the answer could not be read", null),
        OperationCanceledException => Unavailable(doing, "no answer in time", null),
        HttpRequestException http => Unavailable(doing, $"AWS cannot be reached ({http.HttpRequestError})", null),
        // Its message can name files and environments, and says which sources of credentials were asked.
        AmazonClientException => new(PlatformError.AccessDenied, $"Cannot {doing}: our own credentials could not be had. Check the credential chain of the control plane."),
        _ => Unavailable(doing, $"the call failed ({exception.GetType().Name})", null),
    };

    public static PlatformException Unavailable(string doing, string text, Exception? cause) => new(PlatformError.Unavailable, $"Cannot {doing}: {text}.", cause);

    public static bool IsThrottling(AmazonServiceException answer) =>
        answer.StatusCode == HttpStatusCode.TooManyRequests || Throttling.Contains(answer.ErrorCode, StringComparer.Ordinal);

    private static PlatformException OfAnswer(AmazonServiceException answer, string doing)
    {
        PlatformException Failure(PlatformError error, string text) => new(error, $"Cannot {doing}: {text}", retryAfter: RetryAfter(answer));
        var status = (int)answer.StatusCode;
        if (IsThrottling(answer))
            return Failure(PlatformError.Throttled, "AWS asks to slow down.");
        return answer.ErrorCode switch
        {
            "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" => Failure(PlatformError.AccessDenied, Bounded(answer.Message)),
            "ExpiredToken" or "ExpiredTokenException" => Failure(PlatformError.AccessDenied, "our own credentials have expired (ExpiredToken). Renew them."),
            "InvalidClientTokenId" or "UnrecognizedClientException" or "MissingAuthenticationToken" => Failure(PlatformError.AccessDenied,
                $"AWS does not know our access key ({answer.ErrorCode}). Configure one that exists and is active."),
            "SignatureDoesNotMatch" or "RequestExpired" or "IncompleteSignature" or "RequestTimeTooSkewed" => Failure(PlatformError.AccessDenied,
                $"AWS does not accept our signature ({answer.ErrorCode}): the secret of the access key is wrong, or our clock is more than five minutes off. Check both."),
            "NoSuchEntity" => Failure(PlatformError.NotFound, Bounded(answer.Message)),
            "EntityAlreadyExists" or "ConcurrentModification" => Failure(PlatformError.Conflict, Bounded(answer.Message)),
            "DeleteConflict" => new(PlatformError.Conflict, $"Cannot {doing}: {Bounded(answer.Message)}", new DeleteConflictException(Bounded(answer.Message))),
            // Under a code of AWS's own the status is part of the documentation; without one it is all that is known.
            null or "" when status is not (>= 400 and < 500) => Unavailable(doing, $"AWS, or what is in front of it, answered {status}", null),
            null or "" => status == 408 ? Unavailable(doing, "AWS answered 408", null) : Failure(PlatformError.Rejected, $"AWS, or what is in front of it, answered {status}."),
            _ when status >= 500 => Failure(PlatformError.Unavailable, $"AWS answered {status} ({Bounded(answer.ErrorCode)})."),
            _ => Failure(PlatformError.Rejected, $"{Bounded(answer.ErrorCode)}: {Bounded(answer.Message)}"),
        };
    }

    /// <summary>AWS sends none; a proxy or an emulator in front of it may.</summary>
    private static TimeSpan? RetryAfter(AmazonServiceException answer) =>
        answer.InnerException is HttpErrorResponseException { Response: { } response }
        && response.IsHeaderPresent("Retry-After")
        && int.TryParse(response.GetHeaderValue("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>AWS's own sentence on one line. It names principals, actions and resources, no contents.</summary>
    private static string Bounded(string message)
    {
        var plain = string.Concat(message.Take(MaxMessage).Select(character => char.IsControl(character) ? ' ' : character));
        return message.Length <= MaxMessage ? plain : plain + "…";
    }
}
