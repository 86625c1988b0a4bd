using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>Everything in a project that says who may do what, as it was read. Shared by its readers, so nobody changes it.</summary>
internal sealed class Snapshot
{
    private readonly ILookup<string, Seen> _byMember;
    private readonly ILookup<string, Seen> _byIdentity;
    // Members that stand for everybody who has a basic role on the project.
    private static readonly (string Member, string Role)[] Basic =
        [("projectOwner:", "roles/owner"), ("projectEditor:", "roles/editor"), ("projectViewer:", "roles/viewer")];

    private readonly Seen[] _wider;
    private readonly HashSet<string> _bound;
    private readonly IReadOnlySet<Place> _places;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _permissions;

    public Snapshot(
        string project,
        IReadOnlyDictionary<AccountEmail, ServiceAccount> accounts,
        IReadOnlyDictionary<Place, Policy> policies,
        IReadOnlyDictionary<string, IReadOnlyList<string>> permissions,
        IReadOnlyDictionary<string, Role> roles)
    {
        (Project, Accounts, Roles, _permissions, _places) = (project, accounts, roles, permissions, policies.Keys.ToHashSet());
        var all = policies.SelectMany(policy => (policy.Value.Bindings ?? []).Select(binding => new Seen(policy.Key, binding))).ToArray();
        _wider = [.. all.Where(seen => seen.Members.Any(IsWider))];
        _bound = all.Select(seen => seen.Role).ToHashSet(StringComparer.Ordinal);
        _byMember = Indexed(all, seen => seen.Members);
        _byIdentity = Indexed(all, seen => Marker.IdentityOf(seen.Binding) is { } identity ? [identity] : []);
    }

    public string Project { get; }

    public IReadOnlyDictionary<AccountEmail, ServiceAccount> Accounts { get; }

    /// <summary>The project's custom roles, deleted ones included.</summary>
    public IReadOnlyDictionary<string, Role> Roles { get; }

    public IEnumerable<Place> Places => _places;

    /// <summary>Whether there is such a resource in the project.</summary>
    public bool Has(Place place) => _places.Contains(place);

    /// <summary>Bindings that name the account.</summary>
    public IEnumerable<Seen> Direct(AccountEmail account) => _byMember[account.Member];

    /// <summary>Bindings that the account may be in by something wider, with what that is.</summary>
    public IEnumerable<(Seen Seen, IReadOnlyList<string> Via)> Wider(AccountEmail account)
    {
        string[] basic = [.. Basic.Where(one => Direct(account).Any(seen => seen.Place.Kind == PlaceKind.Project && seen.Role == one.Role)).Select(one => one.Member)];
        return _wider.Select(seen => (seen, Via(seen, basic))).Where(one => one.Item2.Count > 0);
    }

    /// <summary>Bindings whose marker names the identity.</summary>
    public IEnumerable<Seen> Marked(string identityId) => _byIdentity[identityId];

    /// <summary>Whose bindings name the account; else for whom the account was created.</summary>
    public string? OwnerOf(AccountEmail account) =>
        Direct(account).Select(seen => Marker.IdentityOf(seen.Binding)).Where(identity => identity is not null).Min(StringComparer.Ordinal)
        ?? (Accounts.TryGetValue(account, out var found) ? Marker.IdentityOf(found) : null);

    /// <summary>What a role gives, sorted; null when there is no such role, or we may not read it.</summary>
    public IReadOnlyList<string>? PermissionsOf(string? role) => role is null ? null : _permissions.GetValueOrDefault(role);

    /// <summary>Custom roles of ours that nobody is bound to anywhere, by name. Another silo may be about to bind somebody.</summary>
    public IEnumerable<string> UnusedRoles => Roles
        .Where(role => role.Value.Deleted != true && Marker.IsRoleOfOurs(role.Key, Project) && !_bound.Contains(role.Key))
        .Select(role => role.Key)
        .Order(StringComparer.Ordinal);

    /// <summary>Every account of the project that exists or that a binding names.</summary>
    public IEnumerable<AccountEmail> AllAccounts => Accounts.Keys.Union(
        _byMember.Select(group => group.Key)
            .Where(member => member.StartsWith("serviceAccount:", StringComparison.Ordinal))
            .Select(member => AccountEmail.TryParse(member["serviceAccount:".Length..], Project))
            .OfType<AccountEmail>());

    /// <summary>Whether the member stands for more than one. Whom a group or a domain holds is not known here, so it may be anybody.</summary>
    public static bool IsWider(string member) => IsMany(member) || Basic.Any(one => member.StartsWith(one.Member, StringComparison.Ordinal));

    /// <summary>With it in a binding, that gives everything to everybody, and whoever else is in it is there for nothing.</summary>
    public static bool IsEverybody(string member) => member is "allUsers" or "allAuthenticatedUsers";

    private static bool IsMany(string member) =>
        IsEverybody(member)
        || member.StartsWith("group:", StringComparison.Ordinal)
        || member.StartsWith("domain:", StringComparison.Ordinal)
        || member.StartsWith("principalSet:", StringComparison.Ordinal);

    private static IReadOnlyList<string> Via(Seen seen, string[] basic) =>
        [.. seen.Members.Where(member => IsMany(member) || basic.Any(one => member.StartsWith(one, StringComparison.Ordinal)))];

    private static ILookup<string, Seen> Indexed(Seen[] all, Func<Seen, IEnumerable<string>> keys) =>
        all.SelectMany(seen => keys(seen).Select(key => (key, seen))).ToLookup(pair => pair.key, pair => pair.seen, StringComparer.Ordinal);
}

/// <summary>A binding where it was seen.</summary>
internal sealed record Seen(Place Place, PolicyBinding Binding)
{
    public string Role => Binding.Role ?? "";

    public IReadOnlyList<string> Members { get; } = [.. (Binding.Members ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public string? Condition => Binding.Condition?.Expression;

    /// <summary>It has no condition that could carry the marker, and a role that only we bind there.</summary>
    public bool IsOursByRole(string project) => !Place.TakesConditions && Binding.Condition is null && Marker.IsRoleOfOurs(Role, project);
}
