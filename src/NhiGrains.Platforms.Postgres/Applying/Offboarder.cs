using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Credentials;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>Ends what is ours of an identity: its logins, its role, and its principal when we made that.</summary>
internal sealed class Offboarder(string platform, Writer writer, CancellationToken cancellation)
{
    private const string OfIdentity = """
        SELECT r.rolname::text, r.oid::int8, shobj_description(r.oid, 'pg_authid') FROM pg_roles r WHERE r.rolname LIKE 'nhi\_login\_%' ORDER BY 1
        """;

    /// <returns>The number of the principal when it stays, because it is not ours.</returns>
    public async Task<string?> OffboardAsync(DesiredState desired, RoleItem? principal, RoleItem? identity)
    {
        var dropper = new RoleDropper(writer, cancellation);
        var stays = new List<string>();
        async Task DropAsync(string name, long oid)
        {
            if (await dropper.DropAsync(name, oid) is { } why)
                stays.Add(why);
        }

        foreach (var (name, oid) in await LoginsAsync(desired.IdentityId))
            await DropAsync(name, oid);
        var ours = principal?.Marker is { Kind: Marker.OfPrincipal } marker && marker.Identity == desired.IdentityId
            && (desired.Binding.NativeId ?? Sql.Number(principal.Oid)) == Sql.Number(principal.Oid);
        if (ours && principal is not null)
            await DropAsync(principal.Name, principal.Oid);
        if (identity is not null)
            await DropAsync(identity.Name, identity.Oid);
        if (stays is [var first, ..])
            throw new PlatformException(PlatformError.Rejected, $"Cannot drop all roles of identity '{desired.IdentityId}': {first}.");
        return ours || principal is null ? null : Sql.Number(principal.Oid);
    }

    private async Task<IEnumerable<(string Name, long Oid)>> LoginsAsync(string identityId)
    {
        var logins = await writer.Api.ReadAsync(writer.Api.Home, "look for logins", OfIdentity, [],
            row => (Name: row.GetString(0), Oid: row.GetInt64(1), Marker: Marker.Of(row.IsDBNull(2) ? null : row.GetString(2), platform)), cancellation);
        return logins.Where(login => Logins.IsOf(login.Marker, login.Name, platform, identityId)).Select(login => (login.Name, login.Oid));
    }
}
