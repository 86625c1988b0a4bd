using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

public enum PolicyEffect
{
    Permit,
    Deny,

    /// <summary>Permits what it covers when people agree; and whatever else permits something that it touches, people have to agree.</summary>
    RequireApproval,

    /// <summary>Permits emergency access, which is asked for as such. Stands aside from permits and approvals; a deny beats it.</summary>
    BreakGlass,
}

/// <summary>One rule. What permits may permit less: a shorter lifetime, fewer verbs, narrower resources.</summary>
/// <param name="MaxLifetime">The longest lifetime; longer requests are cut to it, and standing access is not matched.</param>
/// <param name="OnlyVerbs">The verbs that are permitted; others, and all native actions, are cut.</param>
/// <param name="AllowControllerEnforcedEnd">Consents to an end that only the controller keeps.</param>
/// <param name="OnlyExact">What a platform cannot say exactly is not granted there.</param>
/// <param name="Bundle">Best effort holds when everything that permits says so.</param>
public sealed record PolicyRule(
    string Name,
    PolicyEffect Effect,
    PolicyMatch Match,
    TimeSpan? MaxLifetime = null,
    IReadOnlyList<Verb>? OnlyVerbs = null,
    bool AllowControllerEnforcedEnd = false,
    bool OnlyExact = false,
    BundleMode Bundle = BundleMode.AllOrNothing)
{
    /// <summary>Beginnings of <c>container/type/name</c>: resources outside of them are cut, and wider ones are narrowed to them.</summary>
    public IReadOnlyList<string>? OnlyResources { get; init; }

    /// <summary>Permitted only with the number of a ticket.</summary>
    public bool TicketRequired { get; init; }

    /// <summary>Whom to tell when the rule took part in a decision: names of notification sinks.</summary>
    public IReadOnlyList<string>? Notify { get; init; }

    /// <summary>For RequireApproval: who has to agree.</summary>
    public ApprovalRequirement? Approval { get; init; }

    /// <summary>For RequireApproval: what may be had until they have answered; null for nothing.</summary>
    public MeanwhileTerms? Meanwhile { get; init; }

    /// <summary>For Deny and RequireApproval: under which terms an exception can be made; null for never.</summary>
    public ExceptionTerms? Exceptions { get; init; }

    /// <summary>For BreakGlass: who reviews afterwards, and within which time.</summary>
    public ReviewTerms? Review { get; init; }

    /// <summary>For Deny: emergency access is not denied by it.</summary>
    public bool ExceptBreakGlass { get; init; }
}

/// <summary>What may be had until approvers have answered.</summary>
/// <param name="OnlyVerbs">At least one.</param>
/// <param name="MaxLifetime">Null for as long as the approvers have.</param>
public sealed record MeanwhileTerms(IReadOnlyList<Verb> OnlyVerbs, TimeSpan? MaxLifetime = null);

/// <param name="MaxLifetime">The longest that an exception may last.</param>
/// <param name="Approval">Who has to agree to it.</param>
public sealed record ExceptionTerms(TimeSpan MaxLifetime, ApprovalRequirement Approval);

/// <param name="Groups">Whose members may close the review: anybody of them but who used the access.</param>
/// <param name="Within">From the beginning of the access; then it is escalated.</param>
public sealed record ReviewTerms(IReadOnlyList<string> Groups, TimeSpan Within)
{
    /// <summary>Of other rules that permit the same: whoever closes it is in a group of each of these, too. Null for none.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? AndGroups { get; init; }

    /// <summary>Of two rules that permit the same both hold, so that a lax one never weakens a strict one, within the shorter time.</summary>
    public ReviewTerms With(ReviewTerms other)
    {
        string[][] all =
        [
            .. new[] { this, other }.SelectMany(terms => (terms.AndGroups ?? []).Prepend(terms.Groups))
                .Select(groups => groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray())
                .DistinctBy(KeyOf, StringComparer.Ordinal)
                .OrderBy(KeyOf, StringComparer.Ordinal),
        ];
        // Who is in one of fewer groups is in one of more.
        string[][] needed = [.. all.Where(groups => !all.Any(fewer => fewer.Length < groups.Length && fewer.All(groups.Contains)))];
        return new(needed[0], Within < other.Within ? Within : other.Within) { AndGroups = needed.Length > 1 ? needed[1..] : null };
    }

    private static string KeyOf(string[] groups) => string.Join('\n', groups);
}
