using System.Text.Json;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.People;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// <c>POST /events/people</c>: a directory of people elsewhere tells that somebody has left, or has come back. Accepted means that it is
/// recorded; what follows for identities goes on by itself. An event is known by its source and id, however often it is sent.
/// </summary>
internal static class PeopleEvents
{
    public const string Departed = "io.nhigrains.person.departed";
    public const string Returned = "io.nhigrains.person.returned";

    // Whose limit they count against: no platform has such an id.
    private const string Lane = "people";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/events/people", ReceiveAsync);

    private static async Task ReceiveAsync(HttpContext context, WebhookSecrets secrets, EventIntake intake, IGrainFactory grains, TimeProvider time)
    {
        if (await SignedMessages.ReceiveAsync(context, secrets, time) is not { } message)
            return;
        var read = CloudEvent.Read(message.Body, "a person");
        if (read.Refusal is { } malformed)
        {
            await SignedMessages.RefuseAsync(context, StatusCodes.Status400BadRequest, malformed);
            return;
        }

        await SignedMessages.FollowAsync(context, message, intake, Lane, async () =>
        {
            var told = CommandOf(read.Value);
            if (told.Refusal is { } refusal)
                return refusal;
            var key = "event-" + Canonical.Digest(new { read.Value.Source, read.Value.Id })[..32];
            return (await grains.GetGrain<IDirectoryGrain>(Directories.Main).Execute(new(key, Actors.PeopleEvents, told.Value))).Refusal;
        });
    }

    private static Result<DirectoryCommand> CommandOf(CloudEvent told) => told.Type switch
    {
        Departed => HandoverOf(told.Data) is { } handover
            ? new DirectoryCommand.RecordDeparture(told.Subject, handover, Why(told))
            : new Refusal("INVALID_HANDOVER", "'handoverDays' in the data is no number of days.", $"Leave it out for {Departure.DefaultHandover.TotalDays:0} days.", "data.handoverDays"),
        Returned => new DirectoryCommand.RecordReturn(told.Subject, Why(told)),
        _ => new Refusal("UNSUPPORTED_EVENT", "The event tells nothing that is followed here.", $"Send the types '{Departed}' and '{Returned}'.", "type"),
    };

    /// <returns>Null when what is given is no number of days.</returns>
    private static TimeSpan? HandoverOf(JsonElement? data) =>
        data is not { ValueKind: JsonValueKind.Object } given || !given.TryGetProperty("handoverDays", out var days) ? Departure.DefaultHandover
        : days.ValueKind == JsonValueKind.Number && days.TryGetInt32(out var number) && number is > 0 and < 10_000 ? TimeSpan.FromDays(number)
        : null;

    // Both may be long, and a reason may not.
    private static string Why(CloudEvent told) => $"event {Cut(told.Id)} of {Cut(told.Source)}";

    private static string Cut(string text) => text.Length <= 400 ? text : $"{text[..400]}...";
}
