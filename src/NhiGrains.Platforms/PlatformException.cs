namespace NhiGrains.Platforms;

public enum PlatformError
{
    /// <summary>No answer, 5xx, or an answer that could not be read. The outcome of a write is unknown.</summary>
    Unavailable,

    /// <summary>Asked to slow down; <see cref="PlatformException.RetryAfter"/> may say for how long.</summary>
    Throttled,

    /// <summary>Our own credentials are wrong or lack a permission, which the message names.</summary>
    AccessDenied,

    /// <summary>Somebody else wrote in between: observe again.</summary>
    Conflict,

    /// <summary>A newer generation is on the platform, or the writer was away for too long: this writer must not write.</summary>
    Fenced,

    /// <summary>The principal, or what holds it, does not exist.</summary>
    NotFound,

    /// <summary>The platform refused the request as wrong; the message says why. Trying again does not help.</summary>
    Rejected,
}

/// <summary>What went wrong on a platform, without secrets and fit to be shown.</summary>
public sealed class PlatformException(PlatformError error, string message, Exception? cause = null, TimeSpan? retryAfter = null)
    : Exception(message, cause)
{
    public PlatformError Error { get; } = error;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>
    /// Whether the same read may soon succeed. What has taken all the time that a request may take is not tried again at once, and
    /// neither is what is to wait for longer than <paramref name="longest"/>.
    /// </summary>
    public bool MaySoonSucceed(TimeSpan longest) =>
        Error is PlatformError.Unavailable or PlatformError.Throttled && InnerException is not OperationCanceledException && !(RetryAfter > longest);
}
