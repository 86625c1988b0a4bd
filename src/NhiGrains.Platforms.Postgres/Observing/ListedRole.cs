using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Observing;

/// <summary>A role of the server, with what tells whether it is one of ours and as we make it.</summary>
/// <param name="HasPower">It is a superuser, may create roles or databases, replicate, or bypass row-level security.</param>
/// <param name="Ends">Its password is accepted until some time.</param>
/// <param name="MemberOf">The roles that it is in, by white space; with an asterisk where it may hand that on.</param>
internal sealed record ListedRole(string Name, long Oid, Marker? Marker, bool HasPower, bool CanLogin, bool Ends, string MemberOf)
{
    /// <summary>
    /// Not told in bulk: it is told with the principals that are in it. A name or half a marker makes no role ours, and neither does a
    /// whole one when it can do more than what it names.
    /// </summary>
    public bool IsPlainlyOurs(string platform) => !HasPower && !CanLogin && Marker switch
    {
        { Kind: Marker.OfIdentity, Identity: { } identity } => Name == OwnNames.Identity(platform, identity),
        { Kind: Marker.OfSet, Permission: { } permission } => Name == OwnNames.Set(platform, permission),
        _ => false,
    };

    /// <summary>
    /// Not told in bulk either, as long as it has nothing of its own: a login that ends and is in its identity's role alone, one that was
    /// ended, or a set that was put aside.
    /// </summary>
    public bool IsOursWithNothing(string platform) => !HasPower && Marker switch
    {
        { Kind: Marker.OfLogin, Identity: { } identity, Grant: { } grant } => Name == OwnNames.Login(platform, identity, grant)
            && (CanLogin ? Ends && MemberOf == OwnNames.Identity(platform, identity) : MemberOf.Length == 0),
        { Kind: Marker.OfSet, Permission: not null } => !CanLogin && MemberOf.Length == 0 && Name == OwnNames.Gone(Oid),
        _ => false,
    };
}
