using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Observing;

/// <summary>A role as it was read.</summary>
/// <param name="Attributes">Those that hand out power of their own, in capitals: <c>SUPERUSER</c>, <c>CREATEROLE</c>, …</param>
/// <param name="MemberOf">The roles that it is directly in, and whether it may hand that on.</param>
internal sealed record RoleItem(
    long Oid,
    string Name,
    bool Inherits,
    bool CanLogin,
    IReadOnlyList<string> Attributes,
    IReadOnlyList<(long Role, bool Admin)> MemberOf,
    string? Comment,
    Marker? Marker)
{
    /// <summary>The role that <c>initdb</c> makes: no other has this number.</summary>
    public bool IsBootstrap => Oid == 10;

    /// <summary>It is of the kind that its name says, and the marker agrees.</summary>
    public bool IsOwn(string kind, string prefix) => Marker?.Kind == kind && Name.StartsWith(prefix, StringComparison.Ordinal);
}

/// <summary>One privilege of one role, from an access list.</summary>
/// <param name="Permission">Its kind can also be <c>column</c>, <c>type</c>, <c>language</c>, <c>server</c>, <c>wrapper</c>, <c>default</c>, …</param>
/// <param name="Grantee">0 for PUBLIC.</param>
/// <param name="FromOurs">The control plane's role is in the grantor, and so may take it back.</param>
internal sealed record Entry(Permission Permission, long Grantee, string Grantor, bool Grantable, bool FromOurs)
{
    /// <summary>Not what is of a kind that is never given, such as columns and what is still to be created: a person takes that back.</summary>
    public bool CanBeTakenBack => FromOurs && Catalogue.Current.Find(Permission.Kind) is not null;

    public string Text => Grantable ? $"{Permission.Text} with grant option" : Permission.Text;
}

/// <summary>An object that a role owns, as PostgreSQL describes it.</summary>
internal sealed record Owned(string Database, string What, long Owner);

/// <summary>Roles with everything that they are in and have, in the databases under control.</summary>
internal sealed record RoleSnapshot(IReadOnlyList<RoleItem> Roles, IReadOnlyList<Entry> Entries, IReadOnlyList<Owned> Owned)
{
    private readonly Dictionary<string, RoleItem> _byName = Roles.ToDictionary(role => role.Name, StringComparer.Ordinal);
    private readonly Dictionary<long, RoleItem> _byOid = Roles.ToDictionary(role => role.Oid);
    private readonly ILookup<long, Entry> _entries = Entries.ToLookup(entry => entry.Grantee);
    private readonly ILookup<long, Owned> _owned = Owned.ToLookup(owned => owned.Owner);
    private readonly ILookup<long, RoleItem> _members = Roles.SelectMany(role => role.MemberOf, (role, of) => (of.Role, role)).ToLookup(pair => pair.Item1, pair => pair.role);

    // What thousands share is worked out once. A snapshot is read by one caller.
    private readonly Dictionary<string, string?> _public = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Role, bool Admin), string> _groups = [];

    public RoleItem? Find(string name) => _byName.GetValueOrDefault(name);

    public RoleItem? Find(long oid) => _byOid.GetValueOrDefault(oid);

    public IEnumerable<Entry> EntriesOf(RoleItem role) => _entries[role.Oid];

    /// <summary>What PUBLIC has in a database, as it is shown with everybody; null when it has nothing.</summary>
    public string? PublicBody(string database)
    {
        if (_public.TryGetValue(database, out var known))
            return known;
        string[] all = [.. _entries[0].Where(entry => entry.Permission.Database == database).Select(entry => entry.Text)];
        return _public[database] = all.Length == 0 ? null : Bodies.Given(all);
    }

    public IEnumerable<Owned> OwnedBy(RoleItem role) => _owned[role.Oid];

    /// <summary>It neither owns anything nor has a privilege of its own.</summary>
    public bool HasNothing(RoleItem role) => !_owned.Contains(role.Oid) && !_entries.Contains(role.Oid);

    /// <summary>Those that were read; not everybody who is in it.</summary>
    public IEnumerable<RoleItem> MembersOf(RoleItem role) => _members[role.Oid];

    /// <summary>What a role has of its own: its privileges, ownership, attributes, and the roles that it is in.</summary>
    private IEnumerable<string> Gives(RoleItem role) =>
        EntriesOf(role).Select(entry => entry.Text)
            .Concat(OwnedBy(role).Select(owned => $"owner of {owned.What} in {owned.Database}"))
            .Concat(Power(role));

    private IEnumerable<string> Power(RoleItem role) =>
        role.Attributes.Select(attribute => $"attribute {attribute}")
            .Concat(role.MemberOf.Select(of => $"member of {Find(of.Role)?.Name ?? Server.Sql.Number(of.Role)}"));

    /// <summary>
    /// What a set of ours has that we cannot take from it. With what it owns it is told as what others gave, and keeps nobody's own
    /// access from being given and ended: otherwise whoever owns anything could stop everybody who is in the set.
    /// </summary>
    public IEnumerable<Entry> BeyondUs(RoleItem set) => EntriesOf(set).Where(entry => !IsOfSet(set, entry));

    private static bool IsOfSet(RoleItem set, Entry entry) => entry.CanBeTakenBack || entry.Text == set.Marker?.Permission;

    /// <summary>What membership in a role of somebody else means: what it and all roles that it is in have.</summary>
    public string GroupBody(RoleItem role, bool admin) =>
        _groups.TryGetValue((role.Oid, admin), out var known) ? known : _groups[(role.Oid, admin)] = Bodies.Given(GivesWithAll(role), admin);

    private IEnumerable<string> GivesWithAll(RoleItem role)
    {
        var (seen, open) = (new HashSet<long> { role.Oid }, new Queue<RoleItem>([role]));
        while (open.TryDequeue(out var next))
        {
            foreach (var gives in Gives(next))
                yield return gives;
            foreach (var found in next.MemberOf.Select(of => Find(of.Role)).OfType<RoleItem>().Where(found => seen.Add(found.Oid)))
                open.Enqueue(found);
        }
    }

    /// <summary>What a set of ours means now, without what is <see cref="BeyondUs"/>. A set that can log in is no set.</summary>
    public SetBody BodyOf(RoleItem set, bool admin) => new(
        [.. EntriesOf(set).Where(entry => IsOfSet(set, entry)).Select(entry => entry.Text).Concat(Power(set)).Concat(set.CanLogin ? ["attribute LOGIN"] : []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], admin);
}
