using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>What one application has to do, and at which places.</summary>
internal sealed class ApplyPlan
{
    private readonly DesiredState _desired;
    private readonly Snapshot _snapshot;
    private readonly IReadOnlyDictionary<Place, OwnBindings> _at;
    private readonly HashSet<Place> _atOnce;

    public ApplyPlan(string project, DesiredState desired, AccountEmail account, Snapshot snapshot, IReadOnlyList<NativeObject> objects)
    {
        (_desired, _snapshot) = (desired, snapshot);
        var wanted = objects.Select(one => (one.Key, Body: Bodies.Read(one))).ToArray();
        var seen = ObservedObjects.Bindings(snapshot, account, desired.IdentityId).Where(one => one.Object.Ownership == Ownership.Ours).ToArray();
        var ours = seen.Select(one => one.Seen.Place).ToHashSet();
        var isFenced = seen.Any(one => one.Object.Generation > desired.Generation && wanted.Any(want => want.Body.At == one.Seen.Place.Name));
        var places = wanted.Select(want => Place.Parse(want.Body.At, project)).Concat(ours).Distinct();
        _at = places.ToDictionary(place => place, place => new OwnBindings(
            project, desired.IdentityId, desired.Generation, account, place,
            wanted.Where(want => want.Body.At == place.Name).ToDictionary(want => want.Key[(place.Name.Length + 1)..], want => want.Body, StringComparer.Ordinal),
            IsRight));
        // Where access only ends comes before where it also begins.
        PlacesToTakeFrom = [.. ours.OrderBy(place => _at[place].Wanted.Count).ThenBy(place => place.Name, StringComparer.Ordinal)];
        _atOnce = isFenced || !snapshot.Accounts.ContainsKey(account) ? [] : [.. ours.Where(place => _at[place].Wanted.Values.All(IsRight))];
        PlacesToGiveAt = [.. _at.Where(at => at.Value.Wanted.Count > 0).Select(at => at.Key).OrderBy(place => place.Name, StringComparer.Ordinal)];
        WantedRoles = [.. wanted.Select(want => want.Body).DistinctBy(body => body.Role, StringComparer.Ordinal)];
    }

    public IReadOnlyList<Place> PlacesToTakeFrom { get; }

    public IReadOnlyList<Place> PlacesToGiveAt { get; }

    public IReadOnlyList<BindingBody> WantedRoles { get; }

    public IEnumerable<string> UnusedRoles => _snapshot.UnusedRoles;

    /// <summary>Somebody widened them, and so everything that is bound to them.</summary>
    public IEnumerable<BindingBody> RolesThatGiveTooMuch => WantedRoles
        .Where(role => _snapshot.Roles.TryGetValue(role.Role, out var there) && there.Deleted != true
            && RoleReader.Sorted(there).Except(role.Permissions ?? [], StringComparer.Ordinal).Any());

    /// <summary>
    /// Where something is wanted, something was written for a later desired state, so it may be wanted no more. By place and not by
    /// binding, since a binding of several resources is another one when one of them is gone.
    /// </summary>
    public bool GivingIsFenced => _at.Values.Any(own => own.Newer.Count > 0 && own.Wanted.Count > 0);

    /// <summary>
    /// Takes away what is not wanted and, where nothing else has to be made before, gives what is: then nobody is without what he has
    /// before and after. What is found to be newer by then is left as it is, and nothing is given.
    /// </summary>
    /// <returns>Whether anything was changed.</returns>
    public bool TakeAway(Place place, Policy policy)
    {
        var changed = _at[place].TakeAway(policy);
        return (_atOnce.Contains(place) && !GivingIsFenced && _at[place].Give(policy)) || changed;
    }

    public bool Give(Place place, Policy policy) => _at[place].Give(policy);

    /// <exception cref="PlatformException">With <see cref="PlatformError.NotFound"/>, when there is no such resource in the project.</exception>
    public void ThrowIfNowhere()
    {
        if (PlacesToGiveAt.FirstOrDefault(place => !_snapshot.Has(place)) is { } nowhere)
            throw new PlatformException(PlatformError.NotFound, $"There is no '{nowhere}' in project '{_snapshot.Project}'.");
    }

    /// <exception cref="PlatformException">With <see cref="PlatformError.Fenced"/>, when something newer was left as it is.</exception>
    public void ThrowIfFenced()
    {
        var newer = _at.SelectMany(at => at.Value.Newer.Select(one => (Place: at.Key, Title: one.Key, Generation: one.Value))).FirstOrDefault();
        if (newer.Place is not null)
            throw new PlatformException(PlatformError.Fenced,
                $"Binding '{newer.Title}' at {newer.Place} carries generation {newer.Generation} of identity '{_desired.IdentityId}', which is newer than {_desired.Generation}. If it stays, somebody forged it: remove it.");
    }

    /// <summary>Whether the role gives exactly what it should, so that a binding to it may stay.</summary>
    private bool IsRight(BindingBody body) =>
        _snapshot.Roles.TryGetValue(body.Role, out var role) && role.Deleted != true
        && RoleReader.Sorted(role).SequenceEqual(body.Permissions ?? [], StringComparer.Ordinal);
}
