using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>Removes one membership or grant, because a person said so about exactly what was shown.</summary>
internal sealed class Remover(string platform, SnapshotReader snapshots)
{
    public async Task RemoveAsync(string principal, string identityId, NativeObject unwanted, Writer writer, CancellationToken cancellation)
    {
        var name = OwnNames.Identity(platform, identityId);
        var snapshot = await snapshots.ReadAsync([principal, name], cancellation);
        var identity = ObservedObjects.IdentityRole(snapshot, name, identityId);
        if (Find(snapshot, principal, identity, unwanted) is not { } found)
            return;
        if (found.Object.Body != unwanted.Body)
            throw new PlatformException(PlatformError.Conflict, $"{unwanted.Kind} {unwanted.Key} is no longer as it was shown. Look at it again.");
        if (found.Ownership == Ownership.Ours)
        {
            var desired = new DesiredState(identityId, platform, new Binding(platform, principal), 0, PrincipalWanted: true, [], []);
            await writer.WriteRolesAsync($"remove the membership in {unwanted.Key}", new Memberships(platform, desired, identity).TakeAway([unwanted.Key]));
            // That they have ended is noted by the next who brings the identity to what it is to have, and it looks again.
            await EndAsync(principal, snapshot.Find(principal), identity);
            return;
        }

        var item = ObservedObjects.Foreign(snapshot, snapshot.Find(principal), identity).FirstOrDefault(item => item.Seen.Object == found.Object);
        await RemoveForeignAsync(item, unwanted, writer);
        if (item is { Of: not null })
            await EndAsync(item.Subject.Name, item.Subject);
        // PostgreSQL only warns when nothing was taken back.
        var after = await snapshots.ReadAsync([principal, name], cancellation);
        if (Find(after, principal, ObservedObjects.IdentityRole(after, name, identityId), unwanted) is not null)
            throw new PlatformException(PlatformError.AccessDenied, $"{unwanted.Kind} {unwanted.Key} is still there: the control plane's role may not take it back. Have it taken back by who gave it.");

        Task EndAsync(string whose, params RoleItem?[] roles) =>
            new Sessions(writer, cancellation).EndAsync(whose, [.. roles.OfType<RoleItem>().Select(role => Sql.Number(role.Oid))]);
    }

    private ObservedObject? Find(RoleSnapshot snapshot, string principal, RoleItem? identity, NativeObject unwanted) =>
        ObservedObjects.Of(snapshot, principal, identity, snapshots.Databases)
            .FirstOrDefault(seen => seen.Object.Kind == unwanted.Kind && seen.Object.Key == unwanted.Key);

    private static async Task RemoveForeignAsync(ForeignItem? item, NativeObject unwanted, Writer writer)
    {
        if (item is { Of: { } role })
        {
            await writer.WriteRolesAsync($"remove the membership in {role.Name}", $"REVOKE {Sql.Name(role.Name)} FROM {Sql.Name(item.Subject.Name)};");
            return;
        }

        if (item is not { Entries.Count: > 0 } || !item.Entries.All(entry => Grants.CanTarget(entry.Permission)))
            throw new PlatformException(PlatformError.Rejected, $"{unwanted.Kind} {unwanted.Key} cannot be taken away from the principal alone. Change it by hand.");
        foreach (var perDatabase in item.Entries.GroupBy(entry => entry.Permission.Database, StringComparer.Ordinal))
            await writer.WriteAsync(perDatabase.Key, $"take back {unwanted.Key}", perDatabase.SelectMany(entry => TakeBack(entry, item.Subject.Name)));
    }

    /// <summary>A revocation takes back only what its own role has granted, so it is made as that.</summary>
    private static IEnumerable<string> TakeBack(Entry entry, string grantee) =>
    [
        Sql.Lock(entry.Permission.Object),
        $"SET LOCAL ROLE {Sql.Name(entry.Grantor)};",
        Grants.Revoke(entry.Permission, grantee),
        "RESET ROLE;",
    ];
}
