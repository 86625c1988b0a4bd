using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.BreakGlass;

/// <summary>
/// Who holds credentials of an identity that are not over. A credential is of no single grant: whoever holds one can use emergency
/// access that begins later, and so does not review it.
/// </summary>
internal static class Holders
{
    /// <summary>Whether what a grant gave can still work: it is there, it is not yet read back as gone, or something lingers.</summary>
    public static bool CanWork(Grant? grant, DateTimeOffset now) => grant switch
    {
        ActiveGrant or RevokingGrant => true,
        RevokedGrant revoked => revoked.ResidualUntil > now,
        _ => false,
    };

    public static IEnumerable<CredentialHolder> HoldersAt(this Identity identity, DateTimeOffset now) => (identity.Holders ?? [])
        .Where(holder => holder.Until > now || CanWork(identity.Grants.FirstOrDefault(grant => grant.Id == holder.GrantId), now));

    /// <summary>The identity with more of them, and without those whose credentials are over. The same value when they are known.</summary>
    public static Result<Identity> Holding(this Identity identity, IReadOnlyList<CredentialHolder> more, int atMost, DateTimeOffset now)
    {
        CredentialHolder[] added = [.. more.Except(identity.Holders ?? [])];
        if (added.Length == 0)
            return identity;
        CredentialHolder[] holders = [.. identity.HoldersAt(now), .. added];
        return holders.Length > atMost
            ? new Refusal("TOO_MANY_HOLDERS", $"{atMost} credentials of the identity are out, each for a person and a grant.", "Use one of them, or revoke grants that are not needed.", "grantId")
            : identity with { Holders = holders };
    }

    /// <summary>The holders when some grants that have ended are shown no more. The same list when that is nothing to them.</summary>
    public static IReadOnlyList<CredentialHolder>? Without(IReadOnlyList<CredentialHolder>? holders, IReadOnlyCollection<Grant> dropped)
    {
        if (holders?.Any(holder => dropped.Any(grant => grant.Id == holder.GrantId)) != true)
            return holders;
        var left = holders
            .Select(holder => dropped.FirstOrDefault(grant => grant.Id == holder.GrantId) is { } grant ? holder with { Until = (grant as RevokedGrant)?.ResidualUntil } : holder)
            .Where(holder => holder.Until is not null || dropped.All(grant => grant.Id != holder.GrantId))
            .ToArray();
        return left.Length > 0 ? left : null;
    }
}
