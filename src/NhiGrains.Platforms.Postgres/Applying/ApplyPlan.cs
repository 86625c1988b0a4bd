using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// The steps from what is there to what is desired. Pure. Their order: memberships that are taken away, sets that give too much,
/// sessions that end, sets that give too little, memberships that are given.
/// </summary>
/// <remarks>
/// A generation is in a comment, which whoever may create roles can forge. So a membership that carries a newer one is left as it is
/// and holds up itself alone: nothing else of ours is kept from being taken away by it.
/// </remarks>
/// <param name="Removals">Names of the roles that the identity's role, or for its own name the principal, is to be in no more.</param>
/// <param name="Taken">Memberships that were taken away, and are still in the comment: the sessions that can go on with them were not ended.</param>
/// <param name="TooWide">Sets that are wanted and give more than their permission.</param>
/// <param name="ToEnsure">Permissions whose set is not there, or does not give them.</param>
/// <param name="Additions">Names of the roles whose membership is to be given, or given again as it should be.</param>
/// <param name="Newer">Memberships with a newer generation; neither removed nor replaced.</param>
/// <param name="GivingIsFenced">One of them is wanted, so what is wanted may be wanted no more.</param>
internal sealed record ApplyPlan(
    IReadOnlyList<string> Removals,
    IReadOnlyList<string> Taken,
    IReadOnlyList<(RoleItem Set, Permission Keeps)> TooWide,
    IReadOnlyList<Permission> ToEnsure,
    IReadOnlyList<string> Additions,
    IReadOnlyList<(string Name, long Generation)> Newer,
    bool GivingIsFenced)
{
    public static ApplyPlan Make(
        RoleSnapshot snapshot, DesiredState desired, RoleItem? identity, IReadOnlyList<NativeObject> wanted, IReadOnlyList<string> databases)
    {
        var have = ObservedObjects.Of(snapshot, desired.Binding.Principal, identity, databases)
            .Where(seen => seen.Ownership == Ownership.Ours)
            .ToDictionary(seen => seen.Object.Key, StringComparer.Ordinal);
        var byKey = wanted.ToDictionary(want => want.Key, StringComparer.Ordinal);
        var newer = have.Values.Where(seen => seen.Generation > desired.Generation).Select(seen => (seen.Object.Key, seen.Generation ?? 0)).ToArray();
        var keys = newer.Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        var sets = wanted.Where(want => !keys.Contains(want.Key)).Select(want => (want.Key, Permission: Bodies.PermissionOf(want))).ToArray();
        return new(
            [.. have.Keys.Where(key => !byKey.ContainsKey(key) && !keys.Contains(key))],
            [
                .. from one in identity?.Marker?.Generations ?? []
                   where one.Value <= desired.Generation && !have.ContainsKey(one.Key) && !byKey.ContainsKey(one.Key)
                   select one.Key,
            ],
            [
                .. from one in sets
                   let set = snapshot.Find(one.Key)
                   where set is not null && one.Permission is not null
                   where snapshot.BodyOf(set, admin: false).Gives.Any(gives => gives != one.Permission.Text)
                   select (set, one.Permission),
            ],
            [
                .. from one in sets
                   where one.Permission is not null && !Holds(snapshot, one.Key, one.Permission)
                   select one.Permission,
            ],
            [.. wanted.Where(want => !keys.Contains(want.Key) && !IsThere(have, want)).Select(want => want.Key)],
            newer,
            keys.Overlaps(byKey.Keys));
    }

    public bool NothingToGive => ToEnsure.Count == 0 && Additions.Count == 0;

    /// <exception cref="PlatformException">With <see cref="PlatformError.Fenced"/>, when something newer was left as it is.</exception>
    public void ThrowIfFenced(DesiredState desired)
    {
        if (Newer is [var newer, ..])
            throw new PlatformException(PlatformError.Fenced,
                $"The membership in {newer.Name} carries generation {newer.Generation} of identity '{desired.IdentityId}', which is newer than {desired.Generation}. If it stays, somebody forged it: remove it.");
    }

    /// <summary>The set is read with the identity's role when that is in it, and otherwise not known: then it is ensured, which is cheap.</summary>
    private static bool Holds(RoleSnapshot snapshot, string set, Permission permission) =>
        snapshot.Find(set) is { } found && found.IsOwn(Marker.OfSet, OwnNames.SetPrefix) && snapshot.EntriesOf(found).Any(entry => entry.Permission == permission);

    /// <summary>As a membership; what a set gives is mended by itself.</summary>
    private static bool IsThere(Dictionary<string, ObservedObject> have, NativeObject want) =>
        have.TryGetValue(want.Key, out var seen) && seen.Generation is not null && !Bodies.CanBeHandedOn(seen.Object);
}
