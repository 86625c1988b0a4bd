using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Grains.Identities;

/// <summary>The catalog's row of an identity.</summary>
internal static class CatalogRows
{
    public static CatalogRow Of(IdentityState state, DateTimeOffset now)
    {
        var identity = state.Identity ?? throw new ArgumentException("There is no identity.", nameof(state));
        var profile = identity.Profile;
        var shown = state.Shown;
        var platforms = profile.Bindings.Select(binding => Of(binding, shown.FirstOrDefault(report => report.Platform == binding.Platform), !state.IsUnsettled(binding.Platform)));
        return new(identity.Id, state.Revision, profile.Kind, identity.Status, profile.Owner.Person, profile.Owner.Team,
            profile.Environment, profile.Tags, [.. platforms], [.. identity.Grants.Select(grant => Of(grant, profile.Owner.Team))],
            [.. DueTimes.Boundaries(identity), .. RiskRules.Ends(identity), .. ExceptionRules.Dues(identity), .. Escalation(identity), .. identity.PolicyGrace is { } grace ? [grace.Until] : Array.Empty<DateTimeOffset>()],
            now,
            identity.Orphaned)
        {
            Risk = RiskRules.Worst(identity),
            Reviews = [.. identity.Reviews.Select(review => new CatalogReview(review.GrantId, review.ReviewBy, review.IsOpen))],
            Exceptions = [.. identity.Exceptions.Select(exception => Of(exception, profile.Owner.Team))],
        };
    }

    private static IEnumerable<DateTimeOffset> Escalation(Identity identity) => BreakGlassRules.EscalationOf(identity) is { } at ? [at] : [];

    // While something is owed, whatever is seen is a reason to look.
    private static CatalogPlatform Of(Binding binding, EnforcementReport? report, bool settled) =>
        new(binding.Platform, binding.Principal, report?.Status ?? EnforcementStatus.Pending, settled, settled ? report?.ObservedDigest : null);

    private static CatalogGrant Of(Grant grant, string ownerTeam) => grant switch
    {
        ActiveGrant active => new(grant.Id, grant.Status, active.ExpiresAt, PlatformsOf(active.Entitlements)),
        PendingApprovalGrant pending => new(grant.Id, grant.Status, null, PlatformsOf(grant.Request.Entitlements))
        {
            AskedAt = grant.Request.RequestedAt,
            Asked = pending.Ballot?.GroupsAsked(ownerTeam) ?? [],
        },
        _ => new(grant.Id, grant.Status, null, PlatformsOf(grant.Request.Entitlements)),
    };

    private static CatalogException Of(PolicyException exception, string ownerTeam) => new(exception.Name, exception.Status, exception.RequestedAt)
    {
        Asked = exception.Status == ExceptionStatus.Pending ? exception.Ballot.GroupsAsked(ownerTeam) : [],
    };

    private static string[] PlatformsOf(IReadOnlyList<Entitlement> entitlements) =>
        [.. entitlements.Select(entitlement => entitlement.Platform).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
