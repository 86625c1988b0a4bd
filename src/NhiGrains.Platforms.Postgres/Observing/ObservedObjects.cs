using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Observing;

/// <summary>From a snapshot to what concerns one principal, in canonical form. Pure.</summary>
internal static class ObservedObjects
{
    /// <summary>A role's own grants are shown one by one up to here, and together above.</summary>
    private const int MaxGrants = 200;

    /// <param name="identity">The role of the identity whose objects are ours; null: nobody's.</param>
    public static IReadOnlyList<ObservedObject> Of(RoleSnapshot snapshot, string principal, RoleItem? identity, IReadOnlyList<string> databases)
    {
        var role = snapshot.Find(principal);
        var ours = identity is null ? [] : Ours(snapshot, role, identity);
        var foreign = Foreign(snapshot, role, identity).Select(item => item.Seen);
        var inherited = role is null ? [] : databases
            .Select(database => (Name: database, Body: snapshot.PublicBody(database)))
            .Where(one => one.Body is not null)
            .Select(one => new ObservedObject(new("Public", one.Name, one.Body ?? ""), Ownership.Inherited));
        return [.. ours.Concat(foreign).Concat(inherited).OrderBy(o => o.Object.Kind, StringComparer.Ordinal).ThenBy(o => o.Object.Key, StringComparer.Ordinal)];
    }

    /// <summary>The identity's role; null when there is none that is ours.</summary>
    public static RoleItem? IdentityRole(RoleSnapshot snapshot, string name, string identityId) =>
        snapshot.Find(name) is { Marker: { Kind: Marker.OfIdentity, Identity: var marked } } role && marked == identityId ? role : null;

    private static IEnumerable<ObservedObject> Ours(RoleSnapshot snapshot, RoleItem? principal, RoleItem identity)
    {
        var generations = identity.Marker?.Generations;
        long? Generation(string name) => generations is not null && generations.TryGetValue(name, out var generation) ? generation : null;

        foreach (var (linked, admin) in principal?.MemberOf.Where(of => of.Role == identity.Oid) ?? [])
            yield return new(new(Compiler.Membership, identity.Name, Bodies.Text(new LinkBody(principal?.Name ?? "", admin))), Ownership.Ours, Generation(identity.Name));
        foreach (var (of, admin) in identity.MemberOf)
        {
            if (snapshot.Find(of) is { } set && IsSet(set))
                yield return new(new(Compiler.Membership, set.Name, Bodies.Text(snapshot.BodyOf(set, admin))), Ownership.Ours, Generation(set.Name));
        }
    }

    /// <summary>The principal, and the roles of ours that give it something or log in as it: what others give those, they give it.</summary>
    private static IEnumerable<RoleItem> Subjects(RoleSnapshot snapshot, RoleItem? principal, RoleItem? identity)
    {
        if (principal is not null)
            yield return principal;
        if (identity is not null)
            yield return identity;
        var members = (identity is null ? [] : snapshot.MembersOf(identity)).Concat(principal is null ? [] : snapshot.MembersOf(principal));
        foreach (var login in members.Where(member => member.IsOwn(Marker.OfLogin, OwnNames.LoginPrefix)).Distinct())
            yield return login;
        foreach (var set in identity is null ? [] : identity.MemberOf.Select(of => snapshot.Find(of.Role)).OfType<RoleItem>().Where(IsSet))
            yield return set;
    }

    private static bool IsSet(RoleItem role) => role.IsOwn(Marker.OfSet, OwnNames.SetPrefix);

    /// <summary>What others give the principal, or a role of ours that it has it from.</summary>
    public static IEnumerable<ForeignItem> Foreign(RoleSnapshot snapshot, RoleItem? principal, RoleItem? identity) =>
        Subjects(snapshot, principal, identity).SelectMany(subject => Foreign(snapshot, subject, principal, identity));

    private static IEnumerable<ForeignItem> Foreign(RoleSnapshot snapshot, RoleItem subject, RoleItem? principal, RoleItem? identity)
    {
        // A set that the principal is in past the identity's role has its name among ours, too.
        ForeignItem Seen(string kind, string key, string body, RoleItem? of = null, IEnumerable<Entry>? entries = null) =>
            new(new(new(kind, subject == principal && of?.Marker is null ? key : $"{key} to {Permission.Plain(subject.Name)}", body), Ownership.Foreign)
            {
                BuiltIn = subject.IsBootstrap,
            }, subject, of, [.. entries ?? []]);

        // The identity's role is never to log in by itself: whoever is in it may give it a password.
        string[] attributes = [.. subject.Attributes, .. subject == identity && subject.CanLogin ? ["LOGIN"] : Array.Empty<string>()];
        // What a set gives otherwise is its membership's body, which is ours.
        var isSet = subject != principal && IsSet(subject);
        if (attributes.Length > 0 && !isSet)
            yield return Seen("Attributes", Permission.Plain(subject.Name), Bodies.Given(attributes));
        foreach (var owned in snapshot.OwnedBy(subject).GroupBy(owned => owned.Database, StringComparer.Ordinal))
            yield return Seen("Ownership", owned.Key, Bodies.Given(owned.Select(one => one.What)));
        var grants = (isSet ? snapshot.BeyondUs(subject) : snapshot.EntriesOf(subject)).GroupBy(entry => $"{entry.Permission.Object} by {Permission.Plain(entry.Grantor)}", StringComparer.Ordinal).ToArray();
        if (grants.Length > MaxGrants)
            yield return Seen("Grants", Permission.Plain(subject.Name), Bodies.Given(grants.SelectMany(grant => grant).Select(entry => entry.Text)));
        foreach (var grant in grants.Length > MaxGrants ? [] : grants)
            yield return Seen("Grant", grant.Key, Bodies.Given(grant.Select(entry => entry.Text)), entries: grant);
        foreach (var (of, admin) in isSet ? [] : subject.MemberOf.Where(of => IsForeign(snapshot, subject, of.Role, principal, identity)))
        {
            if (snapshot.Find(of) is { } role)
                yield return Seen(Compiler.Membership, Permission.Plain(role.Name), snapshot.GroupBody(role, admin), role);
        }
    }

    private static bool IsForeign(RoleSnapshot snapshot, RoleItem subject, long of, RoleItem? principal, RoleItem? identity) =>
        subject == principal ? of != identity?.Oid
        : subject == identity ? snapshot.Find(of) is not { } set || !IsSet(set)
        : of != identity?.Oid;
}

/// <summary>Something that is not ours, as it is shown, and what it is made of.</summary>
/// <param name="Subject">Who has it.</param>
/// <param name="Of">The role that the subject is in; null when it is no membership.</param>
/// <param name="Entries">The privileges; none when it is no grant.</param>
internal sealed record ForeignItem(ObservedObject Seen, RoleItem Subject, RoleItem? Of, IReadOnlyList<Entry> Entries);
