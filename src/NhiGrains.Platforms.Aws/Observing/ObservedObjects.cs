using System.Text.Json.Nodes;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Observing;

/// <summary>From what was read to what concerns one principal, in canonical form. Pure.</summary>
internal static class ObservedObjects
{
    public const string Attached = "AttachedPolicy";
    public const string Membership = "GroupMembership";
    public const string OfGroup = "GroupPolicy";
    public const string AttachedToGroup = "GroupAttachedPolicy";
    public const string Boundary = "PermissionsBoundary";
    public const string Key = "AccessKey";

    /// <summary>Only AWS itself makes roles there, and nobody else can change what they have.</summary>
    private const string ServiceLinkedPath = "/aws-service-role/";

    /// <param name="identityId">Whose objects are ours; null: nobody's.</param>
    /// <param name="trusted">Whom a role of ours lets assume it.</param>
    public static IReadOnlyList<ObservedObject> Of(PrincipalState state, string? identityId, string trusted)
    {
        if (state.Detail is not { } detail)
            return [];
        var builtIn = detail.Principal.Path.StartsWith(ServiceLinkedPath, StringComparison.Ordinal);
        var all = detail.Inline.Where(policy => !IsEnded(policy, detail, identityId)).Select(policy => Inline(policy, detail.Principal.Name, identityId))
            .Concat(detail.Attached.Select(arn => Managed(Attached, $"{detail.Principal.Name}/{arn}", arn, state, Ownership.Foreign)))
            .Concat(detail.Groups.Select(group => Member(detail.Principal.Name, group, state)))
            .Concat(state.Groups.SelectMany(group => OfGroups(group, state)))
            .Concat(Bounding(detail.Principal, state))
            .Concat(Trusting(detail.Principal, identityId, trusted))
            .Concat(Keeping(state, detail.Principal, identityId))
            .Select(seen => seen with { BuiltIn = builtIn });
        return [.. all.OrderBy(seen => seen.Object.Kind, StringComparer.Ordinal).ThenBy(seen => seen.Object.Key, StringComparer.Ordinal)];
    }

    /// <summary>The identity that something of the principal is marked for; null when nothing is.</summary>
    public static string? OwnerOf(PrincipalDetail detail) =>
        detail.Inline.Select(policy => Marker.OwnerOf(policy.Name, PolicyText.IdOf(policy.Document))?.Identity).FirstOrDefault(identity => identity is not null)
        ?? Marker.IdentityOf(detail.Principal);

    /// <summary>The managed policies that concern a principal.</summary>
    public static IEnumerable<string> ManagedBy(PrincipalState state) => state.Detail is not { } detail
        ? []
        : detail.Attached.Concat(state.Groups.SelectMany(group => group.Attached)).Concat(detail.Principal.Boundary is { } boundary ? [boundary] : []).Distinct(StringComparer.Ordinal);

    public static long? GenerationOf(InlinePolicy policy, string identityId) =>
        Marker.OwnerOf(policy.Name, PolicyText.IdOf(policy.Document)) is { } owner && owner.Identity == identityId ? owner.Generation : null;

    public static bool IsOurs(InlinePolicy policy, string? identityId) =>
        identityId is not null && Marker.OwnerOf(policy.Name, PolicyText.IdOf(policy.Document))?.Identity == identityId;

    /// <summary>It ends sessions, as we write it and in no other way: nothing is given by it, and it is not part of what is desired.</summary>
    private static bool IsEnded(InlinePolicy policy, PrincipalDetail detail, string? identityId) =>
        Marker.EndedOf(policy.Name, PolicyText.IdOf(policy.Document)) is { } ended && ended.Identity == identityId
        && Credentials.SessionPolicies.IsOne(policy.Document, detail.Principal.Id);

    private static ObservedObject Inline(InlinePolicy policy, PrincipalName principal, string? identityId)
    {
        var ours = IsOurs(policy, identityId);
        return new(
            new(Packing.Kind, Packing.KeyOf(principal, policy.Name), PolicyText.Shown(policy.Document)),
            ours ? Ownership.Ours : Ownership.Foreign,
            ours && identityId is not null ? GenerationOf(policy, identityId) : null);
    }

    /// <summary>Somebody made this one principal a member, so that is its own, with a digest of what it gives: a change of that changes it.</summary>
    private static ObservedObject Member(PrincipalName principal, string name, PrincipalState state)
    {
        var given = state.Groups.Where(group => group.Name == name).SelectMany(group => OfGroups(group, state)).Select(seen => seen.Object)
            .OrderBy(one => one.Kind, StringComparer.Ordinal).ThenBy(one => one.Key, StringComparer.Ordinal);
        return new(new(Membership, $"{principal}/{name}", new JsonObject { ["group"] = name, ["gives"] = Canonical.Digest(given) }.ToJsonString()), Ownership.Foreign);
    }

    private static IEnumerable<ObservedObject> OfGroups(GroupDetail group, PrincipalState state) => group.Inline
        .Select(policy => new ObservedObject(new(OfGroup, $"group/{group.Name}/{policy.Name}", PolicyText.Shown(policy.Document)), Ownership.Inherited))
        .Concat(group.Attached.Select(arn => Managed(AttachedToGroup, $"group/{group.Name}/{arn}", arn, state, Ownership.Inherited)));

    /// <summary>A boundary takes away and gives nothing, so it is shown and is nobody's drift.</summary>
    private static IEnumerable<ObservedObject> Bounding(IamPrincipal principal, PrincipalState state) => principal.Boundary is { } arn
        ? [Managed(Boundary, $"{principal.Name}/{arn}", arn, state, Ownership.Inherited)]
        : [];

    /// <summary>
    /// Of ours told only when it is not as we write it: somebody else can then use what the role has. One that is not ours had others in it
    /// from the beginning, so that is shown and is nobody's drift, until somebody changes it.
    /// </summary>
    private static IEnumerable<ObservedObject> Trusting(IamPrincipal principal, string? identityId, string trusted)
    {
        var ownership = identityId is not null && Marker.IdentityOf(principal) == identityId ? Ownership.Ours
            : Marker.IdentityOf(principal) is null && Trust.IsChanged(principal) ? Ownership.Foreign
            : Ownership.Inherited;
        if (principal.TrustPolicy is { } document && (ownership == Ownership.Foreign || !Trust.IsFor(document, trusted)))
            yield return new(new(Trust.Kind, principal.Name.ToString(), PolicyText.Shown(document)), ownership);
    }

    /// <summary>What is left of a principal of ours that was to be deleted: itself, and keys that somebody made for it.</summary>
    private static IEnumerable<ObservedObject> Keeping(PrincipalState state, IamPrincipal principal, string? identityId) =>
        identityId is not null && Marker.IdentityOf(principal) == identityId && Leaving.Of(principal) is { } leaving
            ? state.Keys
                .Select(key => new ObservedObject(new(Key, $"{principal.Name}/{key.Id}", new JsonObject { ["active"] = key.Active, ["created"] = Bounds.Text(key.CreatedAt) }.ToJsonString()), Ownership.Foreign))
                .Append(new(new(Leaving.Kind, principal.Name.ToString(), new JsonObject { ["kept"] = leaving.Reason }.ToJsonString()), Ownership.Foreign))
            : [];

    private static ObservedObject Managed(string kind, string key, string arn, PrincipalState state, Ownership ownership) =>
        new(new(kind, key, new JsonObject { ["arn"] = arn, ["policy"] = state.Managed.TryGetValue(arn, out var document) ? PolicyText.Shown(document) : null }.ToJsonString()), ownership);
}
