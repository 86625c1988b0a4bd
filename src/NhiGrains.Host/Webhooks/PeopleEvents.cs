using System.Text.Json;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.People;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// <c>POST /events/people</c>: a directory of people elsewhere tells that somebody has left, or has come back. Accepted means that it is
/// recorded; what follows for identities goes on by itself. An event is known by its source and id, however often it is sent, and one
/// that comes after a later one of the same person changes nothing.
/// </summary>
internal static class PeopleEvents
{
    public const string Route = "/events/people";
    public const string Departed = "io.nhigrains.person.departed";
    public const string Returned = "io.nhigrains.person.returned";

    // Whose limit they count against: no platform has such an id.
    private const string Lane = "people";

    public static async Task ReceiveAsync(HttpContext context, WebhookSenders senders, EventIntake intake, IGrainFactory grains, TimeProvider time)
    {
        if (await SignedMessages.ReceiveAsync(context, senders.People, time) is not { } message)
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
        // That of the message is when it was sent, which is later with every attempt.
        Departed or Returned when told.Time is null => new Refusal("TIME_REQUIRED", "The event does not say when it happened, so nobody could tell whether it is the last word.", "Send its 'time'.", "time"),
        Departed => HandoverOf(told.Data) is { } handover
            ? new DirectoryCommand.RecordDeparture(told.Subject, handover, Why(told)) { At = told.Time }
            : new Refusal("INVALID_HANDOVER", "'handoverDays' in the data is no number of days.", $"Leave it out for {Departure.DefaultHandover.TotalDays:0} days.", "data.handoverDays"),
        Returned => new DirectoryCommand.RecordReturn(told.Subject, Why(told)) { At = told.Time },
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
