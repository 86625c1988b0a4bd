using NhiGrains.Contracts.Platforms;
using NhiGrains.Host.Keeping;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// <c>POST /events/{platform}</c>: somebody who noticed a change on a platform tells of it, and just that principal is looked at. An event
/// is a hint: one that is repeated, forged by its sender or too late makes a look too many and changes nothing. What kind of change it
/// was, and the event's data, do not matter: the platform is asked.
/// </summary>
internal static class WebhookEndpoint
{
    /// <exception cref="SetupException">The file with the secrets is not good.</exception>
    public static void AddWebhooks(this IServiceCollection services, string secretsFile) =>
        services.AddSingleton(WebhookSecrets.Load(secretsFile)).AddSingleton<EventIntake>();

    public static void MapWebhooks(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<WebhookSecrets>() is null)
            return;
        endpoints.MapPost("/events/{platform}", ReceiveAsync);
        PeopleEvents.Map(endpoints);
        // No platform has such a name: theirs have a colon.
        endpoints.MapPost(RiskEndpoint.Route, RiskEndpoint.ReceiveAsync);
    }

    private static async Task ReceiveAsync(
        HttpContext context, string platform, WebhookSecrets secrets, EventIntake intake, PlatformList platforms, IGrainFactory grains, TimeProvider time, ILogger<CloudEvent> logger)
    {
        if (await SignedMessages.ReceiveAsync(context, secrets, time) is not { } message)
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
