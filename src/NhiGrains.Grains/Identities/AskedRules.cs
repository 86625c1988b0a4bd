using NhiGrains.Domain;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>What a request may bring along.</summary>
internal static class AskedRules
{
    private const int LongestTicket = 100;

    /// <summary>Each is held against the whole catalogue.</summary>
    private const int MaxResources = 500;

    public static Refusal? Check(Asked asked) =>
        asked.Ticket is { Length: > LongestTicket } ? new("TICKET_TOO_LONG", $"A ticket's number has at most {LongestTicket} characters.", "Give its number, not its text.", "ticket")
        : asked is { BreakGlass: true, Lifetime: null } ? new("LIFETIME_REQUIRED", "Emergency access is never standing access.", "Ask for a lifetime.", "lifetimeSeconds")
        : asked.Entitlements.Sum(entitlement => entitlement.Resources.Count) > MaxResources
            ? new("TOO_MANY_RESOURCES", $"A request names at most {MaxResources} resources in all.", "Name fewer, or split the request.", "entitlements")
        : Canonical.Text(asked.Entitlements).Length > DecisionRecord.LongestRequest
            ? new("REQUEST_TOO_LARGE", $"What is asked for has more than {DecisionRecord.LongestRequest} characters.", "Split it into several requests.", "entitlements")
            : null;
}
