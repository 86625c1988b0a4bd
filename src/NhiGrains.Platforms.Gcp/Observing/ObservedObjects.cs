using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>From a snapshot to what concerns one account, in canonical form. Pure.</summary>
internal static class ObservedObjects
{
    /// <param name="identityId">Whose bindings are ours; null: nobody's.</param>
    /// <param name="keys">The keys that somebody made for the account.</param>
    public static IReadOnlyList<ObservedObject> Of(Snapshot snapshot, AccountEmail account, string? identityId, IEnumerable<ServiceAccountKey> keys)
    {
        var bindings = Bindings(snapshot, account, identityId).Select(seen => seen.Object);
        var disabled = snapshot.Accounts.GetValueOrDefault(account)?.Disabled == true
            ? new ObservedObject(new(Bodies.AccountKind, account.Email, Bodies.Text(new AccountBody(Disabled: true))), Ownership.Foreign)
            : null;
        return
        [
            .. bindings.Concat(keys.Select(Key)).Concat(disabled is null ? [] : [disabled])
                .OrderBy(o => o.Object.Kind, StringComparer.Ordinal).ThenBy(o => o.Object.Key, StringComparer.Ordinal),
        ];
    }

    /// <summary>Every binding that concerns the account, beside what it was seen as.</summary>
    public static IReadOnlyList<(Seen Seen, ObservedObject Object)> Bindings(Snapshot snapshot, AccountEmail account, string? identityId)
    {
        var ours = (identityId is null ? [] : snapshot.Marked(identityId))
            .Concat(snapshot.Direct(account).Where(seen => seen.IsOursByRole(snapshot.Project)))
            .Distinct()
            .Select(seen => (seen, Ours(snapshot, seen, account)));
        var foreign = snapshot.Direct(account)
            .Where(seen => !IsOurs(snapshot, seen, identityId))
            .Select(seen => (seen, Given(snapshot, seen, [account.Member], Ownership.Foreign)));
        // A group beside us in a binding that we share is others' and stays, but whom it holds is not known: the account may keep by it
        // what we take away. So it is told, and a person can say that it goes.
        var beside = snapshot.Wider(account)
            .Where(one => one.Seen.IsOursByRole(snapshot.Project) && one.Seen.Members.Contains(account.Member, StringComparer.Ordinal))
            .Select(one => (one.Seen, Via: one.Via.Where(member => !Snapshot.IsEverybody(member)).ToArray()))
            .Where(one => one.Via.Length > 0)
            .Select(one => (one.Seen, Given(snapshot, one.Seen, one.Via, Ownership.Foreign, " by others")));
        var inherited = snapshot.Wider(account)
            .Where(one => !IsMarked(one.Seen, identityId) && !one.Seen.Members.Contains(account.Member, StringComparer.Ordinal))
            .Select(one => (one.Seen, Given(snapshot, one.Seen, one.Via, Ownership.Inherited)));
        return Unique(ours.Concat(foreign).Concat(beside).Concat(inherited));
    }

    private static bool IsOurs(Snapshot snapshot, Seen seen, string? identityId) =>
        seen.IsOursByRole(snapshot.Project) || IsMarked(seen, identityId);

    private static bool IsMarked(Seen seen, string? identityId) => identityId is not null && Marker.IdentityOf(seen.Binding) == identityId;

    private static ObservedObject Ours(Snapshot snapshot, Seen seen, AccountEmail account)
    {
        // Others' members of a binding that has no condition are theirs; our condition is for one identity alone. With everybody in it
        // what is ours would mean everybody, and the account keep the access when it is taken out.
        IReadOnlyList<string> members = seen.Binding.Condition is not null ? seen.Members
            : [.. seen.Members.Where(member => member == account.Member || Snapshot.IsEverybody(member))];
        var body = Bodies.Given(seen.Place.Name, seen.Role, snapshot.PermissionsOf(seen.Role), members, seen.Condition);
        return new(new(Bodies.BindingKind, Bodies.KeyOf(seen.Place.Name, seen.Binding.Condition?.Title ?? seen.Role), Bodies.Text(body)),
            Ownership.Ours, Marker.GenerationOf(seen.Binding));
    }

    private static ObservedObject Given(Snapshot snapshot, Seen seen, IReadOnlyList<string> members, Ownership ownership, string suffix = "")
    {
        var body = Bodies.Given(seen.Place.Name, seen.Role, snapshot.PermissionsOf(seen.Role), members, seen.Condition);
        var title = seen.Binding.Condition is null ? seen.Role : $"{seen.Role} if {ConditionDigest(seen.Binding.Condition)}";
        return new(new(Bodies.BindingKind, Bodies.KeyOf(seen.Place.Name, title + suffix), Bodies.Text(body)), ownership);
    }

    private static string ConditionDigest(Expr condition) => Canonical.Digest(new { condition.Title, condition.Description, condition.Expression })[..12];

    private static ObservedObject Key(ServiceAccountKey key) =>
        new(new(Bodies.KeyKind, key.Name ?? "", Bodies.Text(new KeyBody(
            key.Disabled == true, key.ValidAfterTime, key.ValidBeforeTime, key.KeyOrigin == "USER_PROVIDED" ? true : null))), Ownership.Foreign);

    /// <summary>A title can be copied by hand; the copies are told apart by a number, so that each is seen.</summary>
    private static IReadOnlyList<(Seen, ObservedObject)> Unique(IEnumerable<(Seen Seen, ObservedObject Object)> all) =>
    [
        .. all.GroupBy(one => one.Object.Object.Key, StringComparer.Ordinal).SelectMany(same => same
            .OrderBy(one => one.Object.Object.Body, StringComparer.Ordinal)
            .Select((one, number) => number == 0 ? one
                : (one.Seen, one.Object with { Object = one.Object.Object with { Key = $"{one.Object.Object.Key} #{number + 1}" } }))),
    ];
}
