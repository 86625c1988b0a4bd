using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>Takes from a set what it gives beyond its permission, in each database that it does.</summary>
internal sealed class SetMender(Writer writer, RoleSnapshot snapshot)
{
    public async Task NarrowAsync(RoleItem set, Permission keeps)
    {
        var entries = snapshot.EntriesOf(set).Where(entry => entry.Permission != keeps || entry.Grantable).ToArray();
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

        if (snapshot.OwnedBy(set).Select(owned => owned.What).FirstOrDefault() is { } owned)
            throw new PlatformException(PlatformError.Rejected, $"The set {set.Name} owns {owned}. Give it to somebody else.");
    }

    private static IEnumerable<string> TakeBack(Entry entry, RoleItem set, Permission keeps)
    {
        if (!Grants.CanTarget(entry.Permission))
            throw new PlatformException(PlatformError.Rejected, $"The set {set.Name} has {entry.Text} from {entry.Grantor}. Take it back by hand.");
        yield return Sql.Lock(entry.Permission.Object);
        yield return $"SET LOCAL ROLE {Sql.Name(entry.Grantor)};";
        yield return Grants.Revoke(entry.Permission, set.Name, grantOptionAlone: entry.Permission == keeps);
        yield return "RESET ROLE;";
    }
}
