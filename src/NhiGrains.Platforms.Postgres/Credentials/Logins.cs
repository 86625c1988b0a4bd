using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain;
using NhiGrains.Platforms.Postgres.Applying;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Credentials;

/// <summary>
/// Hands out logins and ends them: one role for each grant, a member of the identity's role, whose password PostgreSQL accepts until
/// the grant's end, with the control plane dead. A session that is open then goes on, which is why the end also terminates it.
/// </summary>
/// <remarks>
/// Not of the principal: whoever is in a role may SET ROLE to it and then give it a password. That opens nothing with the identity's
/// role, which cannot log in, and would open the principal without end when it can.
/// </remarks>
internal sealed class Logins(PostgresPlatformOptions options, PostgresApi api, TimeProvider time, ILogger log)
{
    private const string Find = """
        SELECT r.rolname::text, r.oid::int8, shobj_description(r.oid, 'pg_authid'),
               r.rolcanlogin OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) OR EXISTS (SELECT FROM pg_stat_activity a WHERE a.usesysid = r.oid),
               clock_timestamp()
        FROM pg_roles r WHERE r.rolname::text = $1
        """;

    /// <summary>Those of the databases $2 (a JSON array) that the role $1 can connect to.</summary>
    private const string Connectable = """
        SELECT d.datname::text FROM pg_database d, pg_roles r
        WHERE r.rolname::text = $1 AND d.datname::text IN (SELECT jsonb_array_elements_text($2::jsonb)) AND has_database_privilege(r.oid, d.oid, 'CONNECT')
        """;

    public async Task<Result<IssuedCredential>> IssueAsync(CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        if (request.ExpiresAt <= request.Now)
            return new Refusal("GRANT_OVER", "The grant is over, and a credential would outlive it.", "Request access anew.", "grantId");
        var begun = time.GetTimestamp();
        var principal = await PrincipalAsync(request, cancellation);
        // Whichever clock is behind, ours or the server's, the login does not outlive what is left of the grant, however long writing takes.
        var left = request.ExpiresAt - request.Now - time.GetElapsedTime(begun);
        var until = principal.At + left < request.ExpiresAt ? principal.At + left : request.ExpiresAt;
        var name = OwnNames.Login(options.Platform, request.IdentityId, request.GrantId);
        var there = await FindAsync(name, cancellation);
        if (there is not null && !IsOf(there.Marker, name, options.Platform, request.IdentityId))
            throw new PlatformException(PlatformError.Rejected, $"There is a role {name} that is not ours. Rename or remove it.");
        var identity = OwnNames.Identity(options.Platform, request.IdentityId);
        if (await FindAsync(identity, cancellation) is { } occupied
            && (occupied.Marker is not { Kind: Marker.OfIdentity } marked || marked.Identity != request.IdentityId))
            throw new PlatformException(PlatformError.Rejected, $"There is a role {identity} that is not ours. Rename or remove it.");
        var database = await DatabaseAsync(identity, cancellation);
        var password = ScramVerifier.NewPassword();
        try
        {
            await new Writer(api, fence, cancellation).WriteRolesAsync($"issue a login of {request.Binding.Principal}", Statements(request, name, principal.Oid, until, password));
            // Whoever was away may have made it after the grant was ended, and then nobody would end it.
            fence.ThrowIfStale();
        }
        catch (PlatformException) when (there is null)
        {
            await TakeBackAsync(name, cancellation);
            throw;
        }

        return new IssuedCredential(UriOf(name, password, database), request.ExpiresAt, request.ExpiresAt);
    }

    /// <returns>Until when somebody who is just logging in can still be about it; null when no login was there.</returns>
    public async Task<DateTimeOffset?> EndAsync(string identityId, IReadOnlyList<string> grantIds, Writer writer, CancellationToken cancellation)
    {
        DateTimeOffset? residual = null;
        PlatformException? first = null;
        foreach (var name in grantIds.Select(grant => OwnNames.Login(options.Platform, identityId, grant)))
        {
            // One that could not be dropped stays for who looks after it, and opens nothing.
            if (await FindAsync(name, cancellation) is not { } login || !IsOf(login.Marker, name, options.Platform, identityId) || !login.Opens)
                continue;
            try
            {
                if (await new RoleDropper(writer, cancellation).DropAsync(name, login.Oid) is { } why)
                    log.LogWarning("A login of an ended grant on {Platform} opens nothing any more, but stays: {Why}", options.Platform, why);
                residual = time.GetUtcNow() + options.CredentialEndLag;
            }
            catch (PlatformException failure) when (failure.Error is PlatformError.AccessDenied or PlatformError.Rejected or PlatformError.Conflict)
            {
                // What cannot be ended is no reason to leave the others.
                first ??= failure;
            }
        }

        return first is null ? residual : throw first;
    }

    /// <summary>By the name, which only we give and which is made of the identity, and by the marker.</summary>
    public static bool IsOf(Marker? marker, string name, string platform, string identityId) =>
        marker is { Kind: Marker.OfLogin, Grant: { } grant } && marker.Identity == identityId && name == OwnNames.Login(platform, identityId, grant);

    private IEnumerable<string> Statements(CredentialRequest request, string name, long principal, DateTimeOffset until, string password)
    {
        var (role, identity) = (Sql.Name(name), OwnNames.Identity(options.Platform, request.IdentityId));
        var marker = new Marker(options.Platform, Marker.OfLogin, request.IdentityId, request.Binding.Principal, Grant: request.GrantId);
        yield return Sql.Require($"SELECT oid = {Sql.Number(principal)} FROM pg_roles WHERE rolname = {Sql.Text(request.Binding.Principal)}",
            OwnStates.Conflict, $"The role {request.Binding.Principal} was dropped or created again in between.");
        yield return $"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {Sql.Text(name)}) THEN CREATE ROLE {role} NOLOGIN; END IF;";
        yield return $"COMMENT ON ROLE {role} IS {Sql.Text(marker.ToComment())};";
        yield return MakeIdentity(request, identity);
        // One that was issued by an earlier version is in the principal.
        yield return $"""
            IF EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = {Sql.Text(name)} AND m.roleid = {Sql.Number(principal)}) THEN
                REVOKE {Sql.Name(request.Binding.Principal)} FROM {role};
            END IF;
            """;
        yield return $"GRANT {Sql.Name(identity)} TO {role};";
        yield return $"EXECUTE format('ALTER ROLE {role} LOGIN INHERIT PASSWORD %L VALID UNTIL %L', {Sql.Text(ScramVerifier.Of(password))}, {Sql.Text(Canonical.Instant(until))});";
    }

    /// <summary>It is in nothing until something is given, and so is a login that is issued before.</summary>
    private string MakeIdentity(CredentialRequest request, string identity)
    {
        var marker = new Marker(options.Platform, Marker.OfIdentity, request.IdentityId, request.Binding.Principal, Generations: new(StringComparer.Ordinal));
        return $"""
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {Sql.Text(identity)}) THEN
                CREATE ROLE {Sql.Name(identity)} NOLOGIN INHERIT;
                COMMENT ON ROLE {Sql.Name(identity)} IS {Sql.Text(marker.ToComment())};
            END IF;
            {Sql.Require($"SELECT NOT rolcanlogin FROM pg_roles WHERE rolname = {Sql.Text(identity)}", OwnStates.Occupied, $"The role {identity} can log in by itself. Alter it to NOLOGIN.")}
            """;
    }

    private async Task<Login> PrincipalAsync(CredentialRequest request, CancellationToken cancellation)
    {
        var found = await FindAsync(request.Binding.Principal, cancellation)
            ?? throw new PlatformException(PlatformError.NotFound, $"There is no role {request.Binding.Principal}.");
        return request.Binding.NativeId is null || request.Binding.NativeId == Sql.Number(found.Oid)
            ? found
            : throw new PlatformException(PlatformError.Rejected, $"The role {request.Binding.Principal} is another one than the identity is bound to: it was dropped and created again.");
    }

    /// <summary>The first under control that the identity's role can connect to, for the URI; the login works in the others as well.</summary>
    private async Task<string> DatabaseAsync(string identity, CancellationToken cancellation)
    {
        var connectable = await api.ReadAsync(api.Home, $"look for the databases of {identity}", Connectable,
            [identity, JsonSerializer.Serialize(options.Databases)], row => row.GetString(0), cancellation);
        return options.Databases.FirstOrDefault(connectable.Contains) ?? options.Databases[0];
    }

    private async Task<Login?> FindAsync(string name, CancellationToken cancellation)
    {
        var found = await api.ReadAsync(api.Home, $"look for the role {name}", Find, [name],
            row => new Login(row.GetInt64(1), Marker.Of(row.IsDBNull(2) ? null : row.GetString(2), options.Platform), row.GetBoolean(3), row.GetFieldValue<DateTimeOffset>(4)), cancellation);
        return found.Count > 0 ? found[0] : null;
    }

    // It takes away no more than this call has made itself, so no fence is asked.
    private async Task TakeBackAsync(string name, CancellationToken cancellation)
    {
        try
        {
            if (await FindAsync(name, cancellation) is { } made)
                await new RoleDropper(new(api, fence: null, cancellation), cancellation).DropAsync(name, made.Oid);
        }
        catch (PlatformException)
        {
            // It stays for the end of its grant, and nobody knows its password. Why there is no credential is the better thing to tell.
        }
    }

    private string UriOf(string name, string password, string database) =>
        $"postgresql://{name}:{password}@{Host()}:{Sql.Number(api.Port)}/{Uri.EscapeDataString(database)}";

    private string Host() => IPAddress.TryParse(api.Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
        ? $"[{api.Host}]"
        : Uri.EscapeDataString(api.Host);

    /// <param name="Opens">It can log in, is in something, or has a session.</param>
    /// <param name="At">By the server's clock, when this was read.</param>
    private sealed record Login(long Oid, Marker? Marker, bool Opens, DateTimeOffset At);
}
