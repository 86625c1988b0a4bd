using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Applying;

/// <summary>An object of ours that is there, and what it has to become.</summary>
/// <param name="TakesAway">It gives something now that it is to give no more.</param>
internal sealed record Replacement(IKubernetesObject<V1ObjectMeta> Source, NativeObject Wanted, bool TakesAway);

/// <summary>An object of ours that was written for a later desired state, or says so.</summary>
internal sealed record NewerObject(string Kind, string Key, long Generation);

/// <summary>
/// The steps from what is there to what is desired. Pure. Their order: removals (bindings before their roles), replacements
/// that take access away, other replacements, creations (roles before their bindings).
/// </summary>
/// <remarks>
/// A generation is an annotation, which whoever may write roles or bindings in some namespace can forge. So what carries a newer one
/// is left as it is and holds up itself alone: nothing else of ours is kept from being taken away by it.
/// </remarks>
/// <param name="Occupied">Wanted objects whose name an object of somebody else has.</param>
/// <param name="Newer">Objects of ours that carry a newer generation; neither removed nor replaced.</param>
/// <param name="GivingIsFenced">One of them is wanted, so what is wanted may be wanted no more.</param>
internal sealed record ApplyPlan(
    IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Removals,
    IReadOnlyList<Replacement> Replacements,
    IReadOnlyList<NativeObject> Creations,
    IReadOnlyList<NativeObject> Occupied,
    IReadOnlyList<NewerObject> Newer,
    bool GivingIsFenced)
{
    public static ApplyPlan Make(RbacSnapshot snapshot, DesiredState desired, ServiceAccountName account, IReadOnlyList<NativeObject> wanted)
    {
        var identityId = desired.IdentityId;
        var have = snapshot.OwnBindings(identityId).Select(OwnObject.Of).Concat(snapshot.OwnRoles(identityId).Select(OwnObject.Of)).ToArray();
        var byKey = wanted.ToDictionary(want => (want.Kind, want.Key));
        var newer = have.Where(own => Marker.GenerationOf(own.Source) > desired.Generation).ToArray();
        var kept = have.Where(own => byKey.TryGetValue((own.Kind, own.Key), out var want) && own.CanBecome(want)).ToArray();
        var there = kept.Select(own => (own.Kind, own.Key)).ToHashSet();
        var missing = wanted.Where(want => !there.Contains((want.Kind, want.Key))).ToArray();
        return new(
            [.. have.Except(kept).Except(newer).Select(own => own.Source)],
            [.. kept.Except(newer).Select(own => own.Become(byKey[(own.Kind, own.Key)], account)).OfType<Replacement>().OrderByDescending(r => r.TakesAway)],
            [.. missing.OrderBy(want => want.Kind.EndsWith("Binding", StringComparison.Ordinal))],
            [.. missing.Where(want => snapshot.Find(want.Kind, want.Key) is { } other && Marker.OwnerOf(other) != identityId)],
            [.. newer.Select(own => new NewerObject(own.Kind, own.Key, Marker.GenerationOf(own.Source) ?? 0))],
            newer.Any(own => byKey.ContainsKey((own.Kind, own.Key))));
    }

    /// <exception cref="PlatformException">With <see cref="PlatformError.Fenced"/>, when something newer was left as it is.</exception>
    public void ThrowIfFenced(DesiredState desired)
    {
        if (Newer is [var newer, ..])
            throw new PlatformException(PlatformError.Fenced,
                $"{newer.Kind} {newer.Key} carries generation {newer.Generation} of identity '{desired.IdentityId}', which is newer than {desired.Generation}. If it stays, somebody forged it: remove it.");
    }

    private sealed record OwnObject(IKubernetesObject<V1ObjectMeta> Source, string Kind, string Key, string Body, string? Role)
    {
        public static OwnObject Of(RoleItem role) =>
            new(role.Source, role.Kind, role.Key, Bodies.Text(RoleBody.Of(role)), null);

        public static OwnObject Of(BindingItem binding) =>
            new(binding.Source, binding.Kind, binding.Key, Bodies.Text(new BindingBody(binding.Role, Subjects.Texts(binding.Subjects))), binding.Role);

        /// <summary>The role that a binding refers to cannot be changed: such a binding goes, and is created again.</summary>
        public bool CanBecome(NativeObject want) => Role is null || Bodies.Read<BindingBody>(want).Role == Role;

        /// <summary>Null when it is right as it is.</summary>
        public Replacement? Become(NativeObject want, ServiceAccountName account) =>
            Body == want.Body && Marker.GenerationOf(Source) is not null && Marker.PrincipalOf(Source) == account
                ? null
                : new(Source, want, TakesAway(want));

        private bool TakesAway(NativeObject want) =>
            Body != want.Body && (Role is not null || TextsOf(Body).Except(TextsOf(want.Body), StringComparer.Ordinal).Any());

        private IEnumerable<string> TextsOf(string body) => Bodies.Read<RoleBody>(new(Kind, Key, body)).Rules.Select(Bodies.Text);
    }
}
