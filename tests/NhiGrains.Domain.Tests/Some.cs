using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests;

/// <summary>Valid values that a test changes in the one point that it is about.</summary>
internal static class Some
{
    public const string Platform = "k8s:test";

    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static IdentityProfile Profile { get; } = new(
        IdentityKind.ServiceAccount, new("ada", "payments"), "staging",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = "billing" },
        [new(Platform, "shop/billing")]);

    public static Identity Identity { get; } = Identities.Identity.Register("billing", Profile).Value;

    public static Entitlement Entitlement(string name = "settings", params Verb[] verbs) => new(
        Platform, verbs.Length == 0 ? [Verb.Read] : verbs, [new("configmaps", "shop", ResourceMatch.Exact, name)], Conditions.None);

    public static Decision Permit(TimeSpan lifetime, params Entitlement[] entitlements) =>
        new(DecisionOutcome.Permit, entitlements, lifetime, ["r"], [], "v", "d", AllowsControllerEnforcedEnd: true);

    public static Grant Granted(string id, TimeSpan lifetime, DateTimeOffset at, params Entitlement[] entitlements) =>
        Grant.From(id, new("ada", "a test", entitlements, lifetime, at), Permit(lifetime, entitlements));
}
