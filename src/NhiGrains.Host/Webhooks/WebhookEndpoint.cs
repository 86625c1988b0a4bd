using System.Globalization;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.Host.Keeping;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// <c>POST /events/{platform}</c>: somebody who noticed a change on a platform tells of it, and just that principal is looked at. An event
/// is a hint: one that is repeated, forged by its sender or too late makes a look too many and changes nothing.
/// </summary>
internal static class WebhookEndpoint
{
    public const int LongestBody = 64 * 1024;

    private const string MediaType = "application/cloudevents+json";
    private const string IdHeader = "webhook-id";
    private const string TimestampHeader = "webhook-timestamp";

    /// <exception cref="SetupException">The file with the secrets is not good.</exception>
    public static void AddWebhooks(this IServiceCollection services, string secretsFile) =>
        services.AddSingleton(WebhookSecrets.Load(secretsFile)).AddSingleton<EventIntake>();

    public static void MapWebhooks(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<WebhookSecrets>() is not null)
            endpoints.MapPost("/events/{platform}", ReceiveAsync);
    }

    private static async Task ReceiveAsync(
        HttpContext context, string platform, WebhookSecrets secrets, EventIntake intake, PlatformList platforms, IGrainFactory grains, TimeProvider time, ILogger<PrincipalEvent> logger)
    {
        // In binary mode the event is in headers, which the signature does not cover.
        if (context.Request.ContentType?.Split(';')[0].Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase) != true)
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, new("UNSUPPORTED_MEDIA_TYPE", "An event is sent in structured mode.", $"Send it as '{MediaType}'."));
            return;
        }

        if (await ReadAsync(context) is not { } body)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, new("EVENT_TOO_LARGE", $"An event has at most {LongestBody} bytes.", "Leave its data out: the platform is asked."));
            return;
        }

        // Nothing of an event is looked at before its signature is; even which platforms exist is not for strangers.
        if (CheckSignature(context.Request.Headers, body.Span, secrets, time) is { } forged)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, forged);
            return;
        }

        if (!platforms.Ids.Contains(platform, StringComparer.Ordinal))
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, new("UNKNOWN_PLATFORM", "There is no such platform.", "Use one of the ids that the query 'platforms' lists.", "platform"));
            return;
        }

        var read = PrincipalEvent.Read(body);
        if (read.Refusal is { } malformed)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, malformed);
            return;
        }

        var key = EventIntake.KeyOf(platform, context.Request.Headers[IdHeader].ToString(), context.Request.Headers[TimestampHeader].ToString(), body.Span);
        if (!intake.Knows(key))
        {
            if (!intake.TryTake(platform))
            {
                context.Response.Headers.RetryAfter = "10";
                await RefuseAsync(context, StatusCodes.Status429TooManyRequests, new("TOO_MANY_EVENTS", $"More than {EventIntake.PerSecond} events a second are not followed.", "Send it again later, or have the platform read with 'refreshPlatform'."));
                return;
            }

            await grains.GetGrain<IPlatformGrain>(platform).Hint(read.Value.Subject);
            intake.Remember(key);
            logger.LogDebug("An event says that a principal of {Platform} may have changed", platform);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static Refusal? CheckSignature(IHeaderDictionary headers, ReadOnlySpan<byte> body, WebhookSecrets secrets, TimeProvider time)
    {
        string id = headers[IdHeader].ToString(), timestamp = headers[TimestampHeader].ToString(), signature = headers["webhook-signature"].ToString();
        if (id.Length == 0 || !secrets.AreSignedWith(id, timestamp, body, signature))
            return new("INVALID_SIGNATURE", "The event is not signed with a secret that is known here.", "Sign it as Standard Webhooks says: 'webhook-id', 'webhook-timestamp', 'webhook-signature'.");
        return long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= WebhookSecrets.Tolerance
            ? null
            : new("STALE_EVENT", $"The event's timestamp is more than {WebhookSecrets.Tolerance.TotalMinutes:0} minutes from now.", "Send events at once, and set both clocks.");
    }

    /// <returns>Null when it is too long.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > LongestBody)
            return null;
        var buffer = new byte[LongestBody + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > LongestBody)
            return null; // In a conditional expression it would become an empty memory.
        return buffer.AsMemory(0, length);
    }

    private static Task RefuseAsync(HttpContext context, int status, Refusal why)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { why.Code, why.Message, why.Remedy, why.Field }, context.RequestAborted);
    }
}
