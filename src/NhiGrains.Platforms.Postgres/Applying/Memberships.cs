using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// The statements that change who is in what, each a block in one transaction: an identity's role, its memberships and the
/// comment that says by which generation each was given are right together or not at all.
/// </summary>
/// <remarks>
/// The comment that was read is what the block requires to find, under a lock: who has not seen the last change writes nothing.
/// </remarks>
internal sealed class Memberships(string platform, DesiredState desired, RoleItem? identity)
{
    /// <summary>Whoever gives a membership in a set shares it, whoever puts sets aside has it alone.</summary>
    public const string SetsLock = "sets";

    private readonly string _name = OwnNames.Identity(platform, desired.IdentityId);

    /// <summary>
    /// Their generations stay in the comment until <see cref="Ended"/>: whoever goes on after a crash sees by them that there are
    /// sessions to end.
    /// </summary>
    public IEnumerable<string> TakeAway(IReadOnlyCollection<string> roles)
    {
        if (identity is null)
            yield break;
        yield return Guard();
        foreach (var role in roles)
            yield return role == _name ? Revoke(role, desired.Binding.Principal) : Revoke(role, _name);
        yield return Remark(generations =>
        {
            foreach (var role in roles)
                generations.TryAdd(role, desired.Generation);
        });
    }

    /// <summary>What was taken away is in no session any more.</summary>
    public IEnumerable<string> Ended(IReadOnlyCollection<string> roles) =>
    [
        Guard(),
        Remark(generations =>
        {
            foreach (var role in roles)
                generations.Remove(role);
        }),
    ];

    /// <param name="principal">Null: it is created.</param>
    public IEnumerable<string> Give(IReadOnlyCollection<string> roles, RoleItem? principal)
    {
        foreach (var statement in principal is null ? CreatePrincipal() : [SamePrincipal(principal)])
            yield return statement;
        if (roles.Count == 0)
            yield break;
        yield return identity is null
            ? $"CREATE ROLE {Sql.Name(_name)} NOLOGIN INHERIT;"
            : Guard();
        yield return Sql.LockShared(SetsLock);
        foreach (var role in roles)
        {
            var (of, member) = role == _name ? (_name, desired.Binding.Principal) : (role, _name);
            if (role != _name)
                yield return Sql.Require($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = {Sql.Text(role)})", OwnStates.Conflict, $"The set {role} was put aside in between.");
            // One that may be handed on loses that, and stays.
            yield return $"""
                IF EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles b ON b.oid = m.member
                    WHERE r.rolname = {Sql.Text(of)} AND b.rolname = {Sql.Text(member)} AND m.admin_option) THEN
                    REVOKE ADMIN OPTION FOR {Sql.Name(of)} FROM {Sql.Name(member)};
                END IF;
                """;
            yield return $"GRANT {Sql.Name(of)} TO {Sql.Name(member)};";
        }

        yield return Remark(generations =>
        {
            foreach (var role in roles)
                generations[role] = desired.Generation;
        });
    }

    public static string SamePrincipal(RoleItem principal) => Sql.Require(
        $"SELECT oid = {Sql.Number(principal.Oid)} FROM pg_roles WHERE rolname = {Sql.Text(principal.Name)}",
        OwnStates.Conflict, $"The role {principal.Name} was dropped or created again in between.");

    private IEnumerable<string> CreatePrincipal() =>
    [
        $"CREATE ROLE {Sql.Name(desired.Binding.Principal)} NOLOGIN INHERIT;",
        $"COMMENT ON ROLE {Sql.Name(desired.Binding.Principal)} IS {Sql.Text(new Marker(platform, Marker.OfPrincipal, desired.IdentityId).ToComment())};",
    ];

    private string Guard() => $"{Sql.Lock(_name)}\n{Sql.Require(
        $"SELECT shobj_description(oid, 'pg_authid') = {Sql.Text(identity?.Comment ?? "")} FROM pg_roles WHERE rolname = {Sql.Text(_name)}",
        OwnStates.Conflict, "Somebody else has written for this identity in between.")}";

    /// <summary>
    /// What only a superuser may take away, since somebody made the role one, does not keep the rest from being taken away: what is left
    /// is found by reading back.
    /// </summary>
    private static string Revoke(string role, string from) => $"""
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = {Sql.Text(from)}) AND EXISTS (SELECT FROM pg_roles WHERE rolname = {Sql.Text(role)}) THEN
            BEGIN
                REVOKE {Sql.Name(role)} FROM {Sql.Name(from)};
            EXCEPTION WHEN insufficient_privilege THEN
                NULL;
            END;
        END IF;
        """;

    private string Remark(Action<SortedDictionary<string, long>> change)
    {
        var generations = new SortedDictionary<string, long>(identity?.Marker?.Generations ?? [], StringComparer.Ordinal);
        change(generations);
        var marker = new Marker(platform, Marker.OfIdentity, desired.IdentityId, desired.Binding.Principal, Generations: generations);
        return $"COMMENT ON ROLE {Sql.Name(_name)} IS {Sql.Text(marker.ToComment())};";
    }
}
