using System.Globalization;
using System.Text.Json;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// <c>POST /events/risk</c>: somebody who watches identities tells what was noticed about one, its <c>subject</c>. What becomes of it
/// is policy's, and stored before it is acknowledged. The same event again, by its id, type and source, changes nothing.
/// </summary>
internal static class RiskEndpoint
{
    public const string Route = "/events/risk";

    private const string EventType = "io.nhigrains.risk.signal";
    private const string Lane = "risk";

    public static async Task ReceiveAsync(
        HttpContext context, WebhookSenders senders, EventIntake intake, IGrainFactory grains, TimeProvider time, ILogger<RiskSignal> logger)
    {
        if (await SignedMessages.ReceiveAsync(context, senders.Risk, time) is not { } message)
            return;
        var read = CloudEvent.Read(message.Body, "an identity");
        if (read.Refusal is { } malformed)
        {
            await SignedMessages.RefuseAsync(context, StatusCodes.Status400BadRequest, malformed);
            return;
        }

        // When it was sent, so that the same message is the same command, whenever it arrives.
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(message.Timestamp, CultureInfo.InvariantCulture));
        var signal = SignalIn(read.Value, sent);
        if (signal.Refusal is { } wrong)
        {
            await SignedMessages.RefuseAsync(context, StatusCodes.Status400BadRequest, wrong);
            return;
        }

        await SignedMessages.FollowAsync(context, message, intake, Lane, async () =>
        {
            var identity = read.Value.Subject;
            var key = EventIntake.KeyOf(Lane, message.Id, message.Timestamp, message.Body.Span);
            var answer = await grains.GetGrain<IIdentityGrain>(identity).Execute(new(key, Actors.RiskEvents, new IdentityCommand.ReportRisk(signal.Value)));
            if (answer.Refusal is null)
                logger.LogInformation("A risk of severity {Severity} was told of identity {Identity}, which is {Status} now", signal.Value.Severity, identity, answer.Identity?.Identity.Status);
            return answer.Refusal;
        });
    }

    private static Result<RiskSignal> SignalIn(CloudEvent told, DateTimeOffset sent)
    {
        if (told.Type != EventType)
            return Wrong($"its type is not '{EventType}'", "type");
        if (Names.CheckIdentityId(told.Subject) is { } nobody)
            return nobody with { Field = "subject" };
        if (told.Data is not { ValueKind: JsonValueKind.Object } data)
            return Wrong("its 'data' is no JSON object", "data");
        if (CloudEvent.TextOf(data, "type") is not { } type)
            return Wrong("'type' is no text", "data.type");
        if (SeverityOf(CloudEvent.TextOf(data, "severity")) is not { } severity)
            return Wrong("'severity' is not one of low, medium, high, critical", "data.severity");
        var at = told.Time ?? sent;
        if (EndOf(data, at) is not { } end)
            return Wrong("it has not exactly one of 'endsAt' (RFC 3339) and 'ttlSeconds' (a positive whole number)", "data.endsAt");
        var note = data.TryGetProperty("note", out var given) && given.ValueKind != JsonValueKind.Null ? CloudEvent.TextOf(data, "note") ?? "" : null;
        return note is "" ? Wrong($"'note' is no text of 1 to {RiskRules.MaxNote} characters", "data.note") : new RiskSignal(told.Id, told.Source, type, severity, at, end, note);
    }

    private static RiskSeverity? SeverityOf(string? text) =>
        Enum.GetValues<RiskSeverity>().Where(one => one.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)).Select(one => (RiskSeverity?)one).FirstOrDefault();

    private static DateTimeOffset? EndOf(JsonElement data, DateTimeOffset at)
    {
        var (hasEnd, hasSeconds) = (data.TryGetProperty("endsAt", out var end), data.TryGetProperty("ttlSeconds", out var seconds));
        return (hasEnd, hasSeconds) switch
        {
            (true, false) => end.ValueKind == JsonValueKind.String && end.TryGetDateTimeOffset(out var given) ? given : null,
            // A year that no calendar has would be an exception; one that is far ahead is refused later.
            (false, true) => seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var number) && number > 0 && at.Year < 9000 ? at + TimeSpan.FromSeconds(number) : null,
            _ => null,
        };
    }

    private static Refusal Wrong(string why, string field) => new(
        "MALFORMED_RISK", $"The event is no risk signal: {why}.",
        $"Send an event of type '{EventType}' with 'data': type, severity, endsAt or ttlSeconds, and if you like a note.", field);
}
