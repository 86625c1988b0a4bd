using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

public enum DecisionOutcome
{
    Permit,
    PermitReduced,
    RequireApproval,
    Deny,
}

/// <summary>What the policy engine answered, stored with what it was asked (promise 1).</summary>
/// <param name="Entitlements">What may be granted: what was asked, or less. Empty for Deny.</param>
/// <param name="Lifetime">For how long; zero for Deny and for standing access.</param>
/// <param name="MatchedRules">The names of the rules that matched, in the set's order.</param>
/// <param name="Reasons">Why, one sentence a rule or cut, for people.</param>
/// <param name="PolicyVersion">The digest of the policy set that decided.</param>
/// <param name="InputDigest">The digest of what was asked, about whom.</param>
/// <param name="AnswerWithin">How long approvers have; zero unless RequireApproval.</param>
/// <param name="AllowsControllerEnforcedEnd">Whether policy consents to an end that only the controller keeps (promise 5).</param>
public sealed record Decision(
    DecisionOutcome Outcome,
    IReadOnlyList<Entitlement> Entitlements,
    TimeSpan Lifetime,
    IReadOnlyList<string> MatchedRules,
    IReadOnlyList<string> Reasons,
    string PolicyVersion,
    string InputDigest,
    bool AllowsControllerEnforcedEnd,
    TimeSpan AnswerWithin = default)
{
    /// <summary>Policy permits only translations that mean exactly the same (<see cref="Fidelity.Exact"/>).</summary>
    public bool OnlyExact { get; init; }

    public BundleMode Bundle { get; init; }

    /// <summary>For RequireApproval: who has to agree; null otherwise.</summary>
    public ApprovalRequirement? Approval { get; init; }

    /// <summary>For RequireApproval: what may be granted at once, until approvers have answered; null when nothing may.</summary>
    public Decision? Meanwhile { get; init; }

    /// <summary>For emergency access: who reviews it, and within which time; null for any other.</summary>
    public ReviewTerms? Review { get; init; }

    /// <summary>The exceptions without which it would have been stricter; sorted.</summary>
    public IReadOnlyList<string> Exceptions { get; init; } = [];

    /// <summary>Whom to tell: names of notification sinks; sorted.</summary>
    public IReadOnlyList<string> Notify { get; init; } = [];

    /// <summary>What would have had to differ, for a decision that is not what was asked for; the nearest rules first.</summary>
    public IReadOnlyList<RuleFinding> Findings { get; init; } = [];

    /// <summary>How faithfully each platform says what was asked for, as it was known when it was decided; refused ones as well.</summary>
    public IReadOnlyList<PlatformFidelity> Fidelities { get; init; } = [];
}

/// <summary>What would have had to differ at one rule.</summary>
/// <param name="Matched">
/// True: the rule matched, and <paramref name="Differences"/> are what it looks at: another value of one of them, and it would not.
/// False: it did not match, and they are what kept it from matching.
/// </param>
/// <param name="Differences">For example <c>environments: production</c>.</param>
public sealed record RuleFinding(string Rule, PolicyEffect Effect, bool Matched, string Platform, IReadOnlyList<string> Differences);

/// <summary>What becomes of a grant on several platforms when one of them refuses it or fails.</summary>
public enum BundleMode
{
    /// <summary>Nothing is granted, or what was applied elsewhere is taken back.</summary>
    AllOrNothing,

    /// <summary>The rest is granted, and it is said what is not.</summary>
    BestEffort,
}

public sealed record PlatformFidelity(string Platform, Fidelity Fidelity);
