using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>
/// Native actions of Google Cloud: <c>gcp:&lt;permission&gt;</c>, for example <c>gcp:pubsub.topics.update</c>. One holds on those
/// selectors of its entitlement whose type it is about.
/// </summary>
internal static class NativeActions
{
    private const string Scheme = "gcp:";

    public static IEnumerable<string> For(Entitlement entitlement, CatalogueType type) =>
        (entitlement.NativeActions ?? []).Select(PermissionOf).OfType<string>().Where(type.IsAbout).Where(IsKnown);

    /// <summary>The first action that is not one, is not given, or is about no resource of the entitlement.</summary>
    public static Refusal? Check(Entitlement entitlement) =>
        (entitlement.NativeActions ?? []).Select(action => Check(action, entitlement.Resources)).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Check(string action, IReadOnlyList<ResourceSelector> resources) => PermissionOf(action) switch
    {
        null => Refusals.MalformedNativeAction,
        var permission when Catalogue.Current.HandsOutAccess.Contains(permission, StringComparer.Ordinal) => Refusals.HandsOutAccess(permission),
        var permission when !IsKnown(permission) => Refusals.UnknownPermission(permission),
        var permission => resources.Any(resource => Catalogue.Current.Find(resource.Type)?.IsAbout(permission) == true) ? null : Refusals.ActionWithoutResource(action),
    };

    private static bool IsKnown(string permission) => Catalogue.Current.Actions.Contains(permission, StringComparer.Ordinal);

    private static string? PermissionOf(string action) => action.StartsWith(Scheme, StringComparison.Ordinal) ? action[Scheme.Length..] : null;
}
