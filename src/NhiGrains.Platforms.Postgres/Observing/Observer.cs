using System.Runtime.CompilerServices;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Observing;

/// <summary>Reads principals back. One and in bulk come out of the same queries by the same rules.</summary>
internal sealed class Observer(string platform, SnapshotReader snapshots, TimeProvider time)
{
    /// <summary>Roles in a page: a page costs one query, and two in each database.</summary>
    private const int Page = 2_000;

    public async Task<Observation> ObserveAsync(string principal, string identityId, CancellationToken cancellation)
    {
        var name = OwnNames.Identity(platform, identityId);
        var snapshot = await snapshots.ReadAsync([principal, name], cancellation);
        return Observed(snapshot, principal, ObservedObjects.IdentityRole(snapshot, name, identityId));
    }

    public async IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<ListedRole> listed = [];
        do
        {
            listed = await snapshots.RolesAfterAsync(listed is [.., var last] ? last.Name : after ?? "", Page, cancellation);
            ListedRole[] told = [.. listed.Where(one => !one.IsPlainlyOurs(platform))];
            var snapshot = await snapshots.ReadAsync([.. told.Select(one => one.Name)], cancellation);
            // Who was dropped in between is not there any more.
            yield return new([.. from one in told
                                 let role = snapshot.Find(one.Name)
                                 where role is not null && !(one.IsOursWithNothing(platform) && snapshot.HasNothing(role))
                                 select Observed(snapshot, one.Name, IdentityOf(snapshot, role))], ListPages: 1);
        }
        while (listed.Count == Page);
    }

    /// <summary>The first identity whose role the principal is in, and whose marker names the principal.</summary>
    private static RoleItem? IdentityOf(RoleSnapshot snapshot, RoleItem principal) => principal.MemberOf
        .Select(of => snapshot.Find(of.Role))
        .OfType<RoleItem>()
        .Where(role => role.IsOwn(Marker.OfIdentity, OwnNames.IdentityPrefix) && role.Marker?.Principal == principal.Name)
        .MinBy(role => role.Name, StringComparer.Ordinal);

    private Observation Observed(RoleSnapshot snapshot, string principal, RoleItem? identity) => new(
        platform, principal, snapshot.Find(principal) is { } role ? Server.Sql.Number(role.Oid) : null,
        ObservedObjects.Of(snapshot, principal, identity, snapshots.Databases), time.GetUtcNow());
}
