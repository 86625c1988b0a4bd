using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Expiry;

/// <summary>Expiry as a function of state: a lost, late or duplicate wake-up changes nothing.</summary>
public static class DueTimes
{
    /// <summary>The ids of the grants whose time is over.</summary>
    public static IReadOnlySet<string> DueAt(Identity identity, DateTimeOffset now) =>
        identity.Grants.Where(grant => EndOf(grant) <= now).Select(grant => grant.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>The next instant at which something ends; null when nothing does.</summary>
    public static DateTimeOffset? NextDue(Identity identity) => identity.Grants.Select(EndOf).Min();

    private static DateTimeOffset? EndOf(Grant grant) => grant switch
    {
        ActiveGrant active => active.ExpiresAt,
        PendingApprovalGrant pending => pending.AnswerBy,
        _ => null,
    };
}
