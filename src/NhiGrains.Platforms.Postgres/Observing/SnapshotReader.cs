using System.Globalization;
using System.Text.Json;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Observing;

/// <summary>Reads roles with all that they have: all of it, or an exception.</summary>
internal sealed class SnapshotReader(PostgresApi api, string platform)
{
    /// <summary>What belongs to no database is told with the first.</summary>
    private string First => api.Databases[0];

    public IReadOnlyList<string> Databases => api.Databases;

    public string Platform => platform;

    /// <param name="names">Those that do not exist are not in the answer.</param>
    public async Task<RoleSnapshot> ReadAsync(IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        var rows = await api.ReadAsync(api.Home, "read the roles", SnapshotQueries.Roles, [JsonSerializer.Serialize(names)],
            row => (Role: RoleOf(row), IsUs: row.GetBoolean(7)), cancellation);
        if (rows.Count(row => row.IsUs) != 1)
            throw ServerFailures.Unavailable("read the roles", "the answer does not hold our own role, so it is not whole");
        RoleItem[] roles = [.. rows.Select(row => row.Role)];
        var oids = JsonSerializer.Serialize(roles.Select(role => Sql.Number(role.Oid)));
        var perDatabase = await Task.WhenAll(api.Databases.Select(database => ReadDatabaseAsync(database, oids, cancellation)));
        return new(roles, [.. perDatabase.SelectMany(one => one.Entries)], [.. perDatabase.SelectMany(one => one.Owned)]);
    }

    /// <summary>The next roles, in the order of the bytes of their names.</summary>
    public Task<IReadOnlyList<ListedRole>> RolesAfterAsync(string name, int count, CancellationToken cancellation) =>
        api.ReadAsync(api.Home, "list the roles", SnapshotQueries.Listed, [name, count.ToString(CultureInfo.InvariantCulture)],
            row => new ListedRole(row.GetString(0), row.GetInt64(1), Marker.Of(row.IsDBNull(2) ? null : row.GetString(2), platform),
                row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetString(6)), cancellation);

    private async Task<(IReadOnlyList<Entry> Entries, IReadOnlyList<Owned> Owned)> ReadDatabaseAsync(string database, string oids, CancellationToken cancellation)
    {
        var entries = await api.ReadAsync(database, "read the privileges", SnapshotQueries.Entries, [oids],
            row => new Entry(
                new(row.GetString(0), database, row.GetString(1), row.IsDBNull(2) ? "" : row.GetString(2), row.GetString(3)),
                row.GetInt64(4), row.GetString(5), row.GetBoolean(6), row.GetBoolean(7)), cancellation);
        var owned = await api.ReadAsync(database, "read who owns what", SnapshotQueries.Owned, [oids, database == First ? "true" : "false"],
            row => new Owned(database, row.GetString(0), row.GetInt64(1)), cancellation);
        return (entries, owned);
    }

    private RoleItem RoleOf(Npgsql.NpgsqlDataReader row)
    {
        var comment = row.IsDBNull(6) ? null : row.GetString(6);
        return new(
            row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3),
            row.GetString(4).Split(',', StringSplitOptions.RemoveEmptyEntries),
            [
                .. row.GetString(5).Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(of => (Role: long.Parse(of.TrimEnd('*'), CultureInfo.InvariantCulture), Admin: of.EndsWith('*')))
                    .GroupBy(of => of.Role).Select(of => (of.Key, of.Any(one => one.Admin))).OrderBy(of => of.Key),
            ],
            comment, Marker.Of(comment, platform));
    }
}
