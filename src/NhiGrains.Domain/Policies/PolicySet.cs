using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Policies;

public enum PolicyEffect
{
    Permit,
    Deny,
}

/// <summary>What a rule looks at. A null member matches everything; a list matches when it holds the value.</summary>
public sealed record PolicyMatch(
    IReadOnlyList<IdentityKind>? Kinds = null,
    IReadOnlyList<string>? Environments = null,
    IReadOnlyDictionary<string, string>? Tags = null,
    IReadOnlyList<Verb>? Verbs = null,
    IReadOnlyList<string>? Platforms = null,
    string? ResourcePrefix = null,
    TimeSpan? LifetimeAtMost = null,
    bool? Standing = null);

/// <summary>One rule. A Permit may permit less: a shorter lifetime, fewer verbs.</summary>
/// <param name="MaxLifetime">For Permit: the longest lifetime; longer requests are cut to it, and standing access is not matched.</param>
/// <param name="OnlyVerbs">For Permit: the verbs that are permitted; others, and all native actions, are cut.</param>
/// <param name="AllowControllerEnforcedEnd">For Permit: consents to an end that only the controller keeps.</param>
/// <param name="OnlyExact">For Permit: what a platform cannot say exactly is not granted there.</param>
/// <param name="Bundle">For Permit: best effort holds when every permit that matches says so.</param>
public sealed record PolicyRule(
    string Name,
    PolicyEffect Effect,
    PolicyMatch Match,
    TimeSpan? MaxLifetime = null,
    IReadOnlyList<Verb>? OnlyVerbs = null,
    bool AllowControllerEnforcedEnd = false,
    bool OnlyExact = false,
    BundleMode Bundle = BundleMode.AllOrNothing);

/// <summary>Ordered rules, as one version.</summary>
public sealed record PolicySet(string Name, IReadOnlyList<PolicyRule> Rules)
{
    /// <summary>Denies everything: what is in force before a set was loaded.</summary>
    public static PolicySet Empty { get; } = new("empty", []);

    /// <summary>Who may put another set in force; null: every administrator.</summary>
    public PolicyAdministrators? Administrators { get; init; }

    /// <summary>The digest of the content: equal sets have equal versions.</summary>
    public string Version => Canonical.Digest(new { Name, Rules, Administrators })[..16];
}

/// <summary>What is decided about: who asks for what, for how long.</summary>
/// <param name="Lifetime">Null for standing access.</param>
public sealed record DecisionInput(
    string IdentityId,
    IdentityKind Kind,
    string Environment,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<Entitlement> Entitlements,
    TimeSpan? Lifetime);
