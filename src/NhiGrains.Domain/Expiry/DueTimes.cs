using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Expiry;

/// <summary>Expiry as a function of state: a lost, late or duplicate wake-up changes nothing.</summary>
public static class DueTimes
{
    /// <summary>The ids of the grants whose time is over.</summary>
    public static IReadOnlySet<string> DueAt(Identity identity, DateTimeOffset now) =>
        identity.Grants.Where(grant => EndOf(identity, grant) <= now).Select(grant => grant.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>The next instant at which something changes by itself, which may be in the past; null when nothing ever does.</summary>
    public static DateTimeOffset? NextDue(Identity identity, DateTimeOffset now) =>
        identity.Grants.Select(grant => EndOf(identity, grant)).Concat(Boundaries(identity).Where(at => at > now).Select(at => (DateTimeOffset?)at))
            .Append(OverdueOf(identity)).Append(OwnerRules.SuspensionOf(identity)).Append(identity.PolicyGrace?.Until)
            .Append(BreakGlassRules.EscalationOf(identity))
            .Concat(RiskRules.Ends(identity).Concat(ExceptionRules.Dues(identity)).Select(at => (DateTimeOffset?)at)).Min();

    /// <summary>When an offboarding that goes on is to be told as overdue; null when none goes on, or when it was told.</summary>
    public static DateTimeOffset? OverdueOf(Identity identity) =>
        identity is { Status: IdentityStatus.Offboarding, OverdueAt: null } ? identity.OffboardedAt + Identity.ManualTime : null;

    /// <summary>
    /// Where windows of the entitlements themselves begin and end, past ones too: access comes and goes there without a change of
    /// state.
    /// </summary>
    public static IEnumerable<DateTimeOffset> Boundaries(Identity identity) =>
        identity.Grants.OfType<ActiveGrant>().SelectMany(grant => grant.Entitlements)
            .Concat(identity.Intent.Entitlements)
            .SelectMany(entitlement => new[] { entitlement.Conditions.NotBefore, entitlement.Conditions.NotAfter })
            .OfType<DateTimeOffset>();

    private static DateTimeOffset? EndOf(Identity identity, Grant grant) => grant switch
    {
        ActiveGrant active => Instants.Earlier(active.ExpiresAt, EstablishedBy(identity, active)),
        PendingApprovalGrant pending => pending.AnswerBy,
        _ => null,
    };

    // While nothing is given nothing can be seen; what is given again has the whole time again.
    private static DateTimeOffset? EstablishedBy(Identity identity, ActiveGrant active) =>
        identity.Status != IdentityStatus.Active || active.EstablishedBy is not { } by ? null
        : identity.ResumedAt + ActiveGrant.BundleTime is { } anew && anew > by ? anew : by;
}
