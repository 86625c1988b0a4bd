using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Takes from a set what it gives beyond its permission, in each database that it does. What it owns, and what is not ours to take
/// back, is left to be told.
/// </summary>
internal sealed class SetMender(Writer writer, RoleSnapshot snapshot, CancellationToken cancellation)
{
    public async Task NarrowAsync(RoleItem set, Permission keeps)
    {
        var entries = snapshot.EntriesOf(set).Where(entry => entry.CanBeTakenBack && (entry.Permission != keeps || entry.Grantable)).ToArray();
        foreach (var perDatabase in entries.GroupBy(entry => entry.Permission.Database, StringComparer.Ordinal))
            await writer.WriteAsync(perDatabase.Key, $"narrow the set {set.Name}", perDatabase.SelectMany(entry => TakeBack(entry, set, keeps)));
        var roles = set.MemberOf.Select(of => snapshot.Find(of.Role)).OfType<RoleItem>().ToArray();
        if (roles.Length > 0 || set.Attributes.Count > 0 || set.CanLogin)
        {
            await writer.WriteRolesAsync($"narrow the set {set.Name}",
                roles.Select(role => $"REVOKE {Sql.Name(role.Name)} FROM {Sql.Name(set.Name)};")
                    .Append(set.CanLogin ? $"ALTER ROLE {Sql.Name(set.Name)} NOLOGIN;" : "")
                    .Concat(set.Attributes.Select(attribute => $"ALTER ROLE {Sql.Name(set.Name)} NO{attribute};")));
        }

        // Not of those in it: whoever can put a role into a set could end the sessions of all of them, again and again.
        if (set.CanLogin)
            await new Sessions(writer, cancellation).EndAsync($"the set {set.Name}", [Sql.Number(set.Oid)], withMembers: false);
    }

    private static IEnumerable<string> TakeBack(Entry entry, RoleItem set, Permission keeps)
    {
        yield return Sql.Lock(entry.Permission.Object);
        yield return $"SET LOCAL ROLE {Sql.Name(entry.Grantor)};";
        // Whoever is in the set may have handed on what it had a grant option for.
        yield return Grants.Revoke(entry.Permission, set.Name, grantOptionAlone: entry.Permission == keeps, cascade: true);
        yield return "RESET ROLE;";
    }
}
