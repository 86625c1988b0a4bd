using GraphQL.Types;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

/// <summary>A difference of an identity, or a principal that no identity is bound to.</summary>
internal sealed record DriftNode(
    string Id, string? IdentityId, string Platform, string? Principal, Difference Difference, DateTimeOffset DetectedAt, DateTimeOffset? IgnoredUntil)
{
    public static DriftNode Of(DriftItem item) =>
        new(item.Id, item.IdentityId, item.Platform, Principal: null, item.Difference, item.DetectedAt, item.IgnoredUntil);

    public static DriftNode Of(string platform, UnmanagedPrincipal unmanaged) => new(
        unmanaged.Digest, IdentityId: null, platform, unmanaged.Principal,
        new(DifferenceKind.Unmanaged, "Principal", unmanaged.Principal, Ownership.Foreign, Desired: null, Canonical.Text(unmanaged.Objects.Select(seen => seen.Object))),
        unmanaged.DetectedAt, IgnoredUntil: null);
}

internal sealed class DriftKindType() : DescribedEnum<DifferenceKind>("DriftKind", "How desired and observed differ.",
    (DifferenceKind.Missing, "What should be there is not."),
    (DifferenceKind.Extra, "Something is there that should not be."),
    (DifferenceKind.Changed, "It is there, with another content."),
    (DifferenceKind.Unmanaged, "A principal has access, and no identity is bound to it."));

internal sealed class OwnershipType() : DescribedEnum<Ownership>("Ownership", "Whose an object on a platform is.",
    (Ownership.Ours, "Carries the marker of NhiGrains for this identity."),
    (Ownership.Foreign, "Concerns the principal, without the marker: changed only when a person says so."),
    (Ownership.Inherited, "Reaches the principal through something wider, such as a group."));

internal sealed class DriftType : Described<DriftNode>
{
    public DriftType()
        : base("Drift", "A difference between what is wanted and what was observed.")
    {
        Show("driftId", Of.Text, "The digest of the difference: the same difference has the same id. Pass it to 'resolveDrift'.", drift => drift.Id);
        Show("kind", Of.One<DriftKindType>(), "How they differ.", drift => drift.Difference.Kind);
        Show("platform", Of.Text, "Where.", drift => drift.Platform);
        Show("identityId", Of.Maybe<StringGraphType>(), "Whose; null for UNMANAGED.", drift => drift.IdentityId);
        Show("identity", Of.Maybe<IdentityType>(), "Whose; null for UNMANAGED.",
            (drift, context) => drift.IdentityId is { } id ? context.Loaders().Identities.Later(id, view => view) : null);
        Show("principal", Of.Maybe<StringGraphType>(), "For UNMANAGED: the principal.", drift => drift.Principal);
        Show("objectKind", Of.Text, "The platform's word for the object, for example 'RoleBinding'.", drift => drift.Difference.ObjectKind);
        Show("key", Of.Text, "Its name on the platform.", drift => drift.Difference.Key);
        Show("ownership", Of.One<OwnershipType>(), "Whose it is.", drift => drift.Difference.Ownership);
        Show("desired", Of.Maybe<StringGraphType>(), "What should be there, in canonical form; null for EXTRA.", drift => drift.Difference.Desired);
        Show("observed", Of.Maybe<StringGraphType>(), "What is there, in canonical form; null for MISSING.", drift => drift.Difference.Observed);
        Show("detectedAt", Of.Time, "When it was first seen.", drift => drift.DetectedAt);
        Show("ignoredUntil", Of.Maybe<InstantType>(), "Until when it is not reported, as somebody said.", drift => drift.IgnoredUntil);
    }
}

internal sealed class ObservedObjectType : Described<ObservedObject>
{
    public ObservedObjectType()
        : base("ObservedObject", "An object as it was read back from a platform.")
    {
        Show("kind", Of.Text, "The platform's word for it.", seen => seen.Object.Kind);
        Show("key", Of.Text, "Its name on the platform.", seen => seen.Object.Key);
        Show("body", Of.Text, "What gives access, in canonical form.", seen => seen.Object.Body);
        Show("ownership", Of.One<OwnershipType>(), "Whose it is.", seen => seen.Ownership);
    }
}
