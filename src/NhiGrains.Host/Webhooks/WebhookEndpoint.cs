using NhiGrains.Contracts.Platforms;
using NhiGrains.Host.Keeping;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// <c>POST /events/{platform}</c>: somebody who noticed a change on a platform tells of it, and just that principal is looked at. An event
/// is a hint: one that is repeated, forged by its sender or too late makes a look too many and changes nothing. What kind of change it
/// was, and the event's data, do not matter: the platform is asked.
/// </summary>
internal static class WebhookEndpoint
{
    /// <exception cref="SetupException">A file with secrets is not good, or two have the same secret.</exception>
    public static void AddWebhooks(this IServiceCollection services, WebhookSettings settings) =>
        services.AddSingleton(WebhookSenders.Load(settings)).AddSingleton<EventIntake>();

    /// <summary>Only what somebody has a secret for: to hint at a platform, and to have an approver departed, are not the same trust.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder endpoints)
    {
        var senders = endpoints.ServiceProvider.GetService<WebhookSenders>();
        if (senders?.Hints is not null)
            endpoints.MapPost("/events/{platform}", ReceiveAsync);
        // No platform has such names: theirs have a colon.
        if (senders?.People is not null)
            endpoints.MapPost(PeopleEvents.Route, PeopleEvents.ReceiveAsync);
        if (senders?.Risk is not null)
            endpoints.MapPost(RiskEndpoint.Route, RiskEndpoint.ReceiveAsync);
    }

    private static async Task ReceiveAsync(
        HttpContext context, string platform, WebhookSenders senders, EventIntake intake, PlatformList platforms, IGrainFactory grains, TimeProvider time, ILogger<CloudEvent> logger)
    {
        if (await SignedMessages.ReceiveAsync(context, senders.Hints, time) is not { } message)
            return;
        if (!platforms.Ids.Contains(platform, StringComparer.Ordinal))
        {
            await SignedMessages.RefuseAsync(context, StatusCodes.Status404NotFound, new("UNKNOWN_PLATFORM", "There is no such platform.", "Use one of the ids that the query 'platforms' lists.", "platform"));
            return;
        }

        var read = CloudEvent.Read(message.Body, "a principal");
        if (read.Refusal is { } malformed)
        {
            await SignedMessages.RefuseAsync(context, StatusCodes.Status400BadRequest, malformed);
            return;
        }

        await SignedMessages.FollowAsync(context, message, intake, platform, async () =>
        {
            await grains.GetGrain<IPlatformGrain>(platform).Hint(read.Value.Subject);
            logger.LogDebug("An event says that a principal of {Platform} may have changed", platform);
            return null;
        });
    }
}
