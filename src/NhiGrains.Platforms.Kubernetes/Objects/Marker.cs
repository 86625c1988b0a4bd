using System.Globalization;
using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Objects;

/// <summary>
/// The ownership marker (promise 6): two labels that can be selected by, and the name that only we give. An object that
/// carries the labels under another name is not ours, so nobody's object becomes ours by a label.
/// </summary>
internal static class Marker
{
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string Us = "nhigrains";
    public const string Identity = "nhigrains.io/identity";

    /// <summary>Annotations: by which generation of the desired state, for which principal, and what was written.</summary>
    public const string Generation = "nhigrains.io/generation";
    public const string Principal = "nhigrains.io/principal";
    public const string Digest = "nhigrains.io/desired-digest";
    public const string Grant = "nhigrains.io/grant";

    public static string NameOf(string identityId) => $"nhi-{identityId}";

    /// <summary>The identity whose object it says it is; null when it is not ours.</summary>
    public static string? IdentityOf(IMetadata<V1ObjectMeta> item) =>
        item.Metadata.Labels is { } labels
        && labels.TryGetValue(ManagedBy, out var manager) && manager == Us
        && labels.TryGetValue(Identity, out var identity)
            ? identity
            : null;

    /// <summary>Likewise for an object that gives access, which has a name that we gave.</summary>
    public static string? OwnerOf(IMetadata<V1ObjectMeta> item) =>
        IdentityOf(item) is { } identity && item.Metadata.Name == NameOf(identity) ? identity : null;

    public static ServiceAccountName? PrincipalOf(IMetadata<V1ObjectMeta> item) =>
        Annotation(item, Principal) is { } principal ? ServiceAccountName.TryParse(principal) : null;

    public static long? GenerationOf(IMetadata<V1ObjectMeta> item) =>
        long.TryParse(Annotation(item, Generation), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null;

    public static string? Annotation(IMetadata<V1ObjectMeta> item, string name) =>
        item.Metadata.Annotations is { } annotations && annotations.TryGetValue(name, out var value) ? value : null;

    /// <summary>Puts the marker on; labels and annotations of others stay.</summary>
    public static void Put(V1ObjectMeta metadata, string identityId, ServiceAccountName principal, params IEnumerable<(string Name, string Value)> annotations)
    {
        metadata.Labels ??= new Dictionary<string, string>(StringComparer.Ordinal);
        metadata.Labels[ManagedBy] = Us;
        metadata.Labels[Identity] = identityId;
        metadata.Annotations ??= new Dictionary<string, string>(StringComparer.Ordinal);
        metadata.Annotations[Principal] = principal.ToString();
        foreach (var (name, value) in annotations)
            metadata.Annotations[name] = value;
    }
}
