using System.Text.Json;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Ends sessions after something was taken away. PostgreSQL looks at a membership when a session does SET ROLE and never again, and at
/// a privilege when a cursor is opened, so what was taken away goes on in a session that is open.
/// </summary>
/// <remarks>
/// Which role a session has set is not told by PostgreSQL. So it is every session that can have: of the roles, and of whoever is in
/// them, directly or through others. Not a superuser's, which needs no membership and which only a superuser may end, nor our own.
/// </remarks>
internal sealed class Sessions(Writer writer, CancellationToken cancellation)
{
    /// <summary>A session ends at its next look around, which takes it milliseconds, or as long as its disk does.</summary>
    private const int Attempts = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Of the roles $1 (numbers, a JSON array), also of one that was dropped meanwhile, and with $2 of who is in them.</summary>
    private const string Open = """
        WITH RECURSIVE us AS (SELECT oid FROM pg_roles WHERE rolname = session_user),
        who(oid) AS (
            SELECT n::oid FROM jsonb_array_elements_text($1::jsonb) n
            UNION SELECT m.member FROM pg_auth_members m JOIN who ON m.roleid = who.oid WHERE $2::bool AND m.member NOT IN (SELECT oid FROM us))
        SELECT a.pid FROM pg_stat_activity a JOIN who ON who.oid = a.usesysid LEFT JOIN pg_roles r ON r.oid = a.usesysid
        WHERE a.usesysid NOT IN (SELECT oid FROM us) AND NOT coalesce(r.rolsuper, false)
        """;

    /// <summary>Who comes while this is under way finds nothing any more that was taken away before, and is left alone.</summary>
    /// <param name="whose">For messages: <c>the role app</c>.</param>
    /// <param name="roles">Their numbers.</param>
    /// <param name="withMembers">False: only of who logged in as one of the roles itself.</param>
    /// <exception cref="PlatformException">Some do not end, or may not be ended by us.</exception>
    public async Task EndAsync(string whose, IReadOnlyList<string> roles, bool withMembers = true)
    {
        var open = await OpenAsync(whose, roles, withMembers);
        var left = open;
        for (var attempt = 1; left.Count > 0; attempt++)
        {
            if (attempt > Attempts)
                throw new PlatformException(PlatformError.Unavailable, $"{Sql.Number(left.Count)} sessions of {whose} do not end.");
            await writer.WriteRolesAsync($"end the sessions of {whose}",
                $"PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN ({string.Join(", ", left.Select(pid => Sql.Number(pid)))});");
            await Task.Delay(Pause, cancellation);
            left = [.. (await OpenAsync(whose, roles, withMembers)).Intersect(open)];
        }
    }

    private Task<IReadOnlyList<int>> OpenAsync(string whose, IReadOnlyList<string> roles, bool withMembers) =>
        writer.Api.ReadAsync(writer.Api.Home, $"look for sessions of {whose}", Open, [JsonSerializer.Serialize(roles), withMembers ? "true" : "false"], row => row.GetInt32(0), cancellation);
}
