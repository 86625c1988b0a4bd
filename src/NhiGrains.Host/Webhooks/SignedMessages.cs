using System.Globalization;
using NhiGrains.Domain;

namespace NhiGrains.Host.Webhooks;

/// <summary>What a sender sent, complete and signed with a secret that is known here. What the body says is still anybody's guess.</summary>
internal sealed record SignedMessage(string Id, string Timestamp, ReadOnlyMemory<byte> Body);

/// <summary>What every route under <c>/events</c> does with a request before, and after, it looks into the event itself.</summary>
internal static class SignedMessages
{
    public const int LongestBody = 64 * 1024;

    private const string MediaType = "application/cloudevents+json";

    /// <param name="secrets">Of those who may send this; null: nobody may.</param>
    /// <returns>Null when it is refused; then the answer says why.</returns>
    public static async Task<SignedMessage?> ReceiveAsync(HttpContext context, WebhookSecrets? secrets, TimeProvider time)
    {
        // In binary mode the event is in headers, which the signature does not cover.
        if (context.Request.ContentType?.Split(';')[0].Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase) != true)
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, new("UNSUPPORTED_MEDIA_TYPE", "An event is sent in structured mode.", $"Send it as '{MediaType}'."));
            return null;
        }

        if (await ReadAsync(context) is not { } body)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, new("EVENT_TOO_LARGE", $"An event has at most {LongestBody} bytes.", "Leave out what is not needed."));
            return null;
        }

        // Nothing of an event is looked at before its signature is; even what exists here is not for strangers.
        var message = new SignedMessage(context.Request.Headers[WebhookHeaders.Id].ToString(), context.Request.Headers[WebhookHeaders.Timestamp].ToString(), body);
        if (CheckSignature(message, context.Request.Headers[WebhookHeaders.Signature].ToString(), secrets, time) is not { } forged)
            return message;
        await RefuseAsync(context, StatusCodes.Status401Unauthorized, forged);
        return null;
    }

    /// <summary>Follows a message unless it is a replay, or one too many, and answers.</summary>
    /// <param name="lane">Whose limit it counts against, and within which a replay is known.</param>
    /// <param name="follow">What it asks for; what it returns is what is wrong with that. Nothing is remembered then: it may come again.</param>
    public static async Task FollowAsync(HttpContext context, SignedMessage message, EventIntake intake, string lane, Func<Task<Refusal?>> follow)
    {
        var key = EventIntake.KeyOf(lane, message.Id, message.Timestamp, message.Body.Span);
        if (!intake.Knows(key))
        {
            if (!intake.TryTake(lane))
            {
                context.Response.Headers.RetryAfter = "10";
                await RefuseAsync(context, StatusCodes.Status429TooManyRequests, new("TOO_MANY_EVENTS", $"More than {EventIntake.PerSecond} events a second are not followed.", "Send it again later."));
                return;
            }

            if (await follow() is { } refusal)
            {
                await RefuseAsync(context, refusal.Code.StartsWith("UNKNOWN_", StringComparison.Ordinal) ? StatusCodes.Status404NotFound : StatusCodes.Status422UnprocessableEntity, refusal);
                return;
            }

            intake.Remember(key);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    public static Task RefuseAsync(HttpContext context, int status, Refusal why)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { why.Code, why.Message, why.Remedy, why.Field }, context.RequestAborted);
    }

    private static Refusal? CheckSignature(SignedMessage message, string signatures, WebhookSecrets? secrets, TimeProvider time)
    {
        if (message.Id.Length == 0 || secrets?.AreSignedWith(message.Id, message.Timestamp, message.Body.Span, signatures) != true)
            return new("INVALID_SIGNATURE", "The event is not signed with a secret that is known here.", "Sign it as Standard Webhooks says: 'webhook-id', 'webhook-timestamp', 'webhook-signature'.");
        return long.TryParse(message.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
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
}
