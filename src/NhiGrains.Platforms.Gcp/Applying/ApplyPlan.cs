using NhiGrains.Domain.Enforcement;
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

    public ApplyPlan(string project, DesiredState desired, AccountEmail account, Snapshot snapshot, IReadOnlyList<NativeObject> objects)
    {
        (_desired, _snapshot) = (desired, snapshot);
        var wanted = objects.Select(one => (one.Key, Body: Bodies.Read(one))).ToArray();
        var ours = ObservedObjects.Bindings(snapshot, account, desired.IdentityId)
            .Where(one => one.Object.Ownership == Ownership.Ours)
            .Select(one => one.Seen.Place)
            .ToHashSet();
        var places = wanted.Select(want => Place.Parse(want.Body.At, project)).Concat(ours).Distinct();
        _at = places.ToDictionary(place => place, place => new OwnBindings(
            project, desired.IdentityId, desired.Generation, account, place,
            wanted.Where(want => want.Body.At == place.Name).ToDictionary(want => want.Key[(place.Name.Length + 1)..], want => want.Body, StringComparer.Ordinal),
            IsRight));
        PlacesToTakeFrom = [.. ours.OrderBy(place => place.Name, StringComparer.Ordinal)];
        PlacesToGiveAt = [.. _at.Where(at => at.Value.Wanted.Count > 0).Select(at => at.Key).OrderBy(place => place.Name, StringComparer.Ordinal)];
        WantedRoles = [.. wanted.Select(want => want.Body).DistinctBy(body => body.Role, StringComparer.Ordinal)];
    }

    public IReadOnlyList<Place> PlacesToTakeFrom { get; }

    public IReadOnlyList<Place> PlacesToGiveAt { get; }

    public IReadOnlyList<BindingBody> WantedRoles { get; }

    /// <summary>Somebody widened them, and so everything that is bound to them.</summary>
    public IEnumerable<BindingBody> RolesThatGiveTooMuch => WantedRoles
        .Where(role => _snapshot.Roles.TryGetValue(role.Role, out var there) && there.Deleted != true
            && RoleReader.Sorted(there).Except(role.Permissions ?? [], StringComparer.Ordinal).Any());

    /// <summary>Something of what is wanted was written for a later desired state, so it may be wanted no more.</summary>
    public bool GivingIsFenced => _at.Values.Any(own => own.Newer.Keys.Any(own.Wanted.ContainsKey));

    public OwnBindings At(Place place) => _at[place];

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
