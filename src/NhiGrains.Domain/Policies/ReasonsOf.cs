using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>Why something is permitted, in sentences.</summary>
internal static class ReasonsOf
{
    public static IReadOnlyList<string> Permit(RulesFor rules, Entitlement asked, Entitlement granted, TimeSpan? askedLifetime, TimeSpan? lifetime)
    {
        var reasons = rules.Permitting.Except(rules.Approving).Select(rule => $"Rule '{rule.Rule.Name}' permits it.").ToList();
        reasons.AddRange(rules.Approving.Select(rule => $"Rule '{rule.Rule.Name}' wants the approval of {TextOf(rule.Rule.Approval)}."));
        reasons.AddRange(rules.ExceptionsUsed.Select(exception => $"The exception '{exception}' lifts a rule that stood against it."));
        if (granted.Verbs.Count < asked.Verbs.Count)
            reasons.Add($"Cut: {string.Join(", ", asked.Verbs.Except(granted.Verbs))}{ForMore(rules, asked, granted)}.");
        if (granted.NativeActions is null && asked.NativeActions is { Count: > 0 } native)
            reasons.Add($"Cut: the native actions {string.Join(", ", native)}.");
        if (!granted.Resources.SequenceEqual(asked.Resources))
            reasons.Add($"The resources were narrowed to {string.Join(", ", granted.Resources)}.");
        if (lifetime < askedLifetime)
            reasons.Add($"The lifetime was cut from {askedLifetime} to {lifetime}.");
        return reasons;
    }

    // Of those that are named, why they are not left.
    private static string ForMore(RulesFor rules, Entitlement asked, Entitlement granted)
    {
        Verb[] named = [.. asked.Verbs.Except(granted.Verbs).Where(verb => rules.Limiting.All(rule => rule.Rule.OnlyVerbs?.Contains(verb) != false))];
        string[] told = [.. VerbsInVerbs.Told(VerbsInVerbs.TypesIn(asked.Resources), named)];
        return told.Length == 0 ? "" : $" ({string.Join(", ", told)})";
    }

    private static string TextOf(ApprovalRequirement? approval) =>
        string.Join(" and ", (approval?.Seats ?? []).Select(seats => $"{seats.Count} of {string.Join(" or ", seats.Groups.Select(NameOf))}"));

    private static string NameOf(string group) => group == ApprovalSeats.OwnerTeam ? "the owner's team" : group;
}
