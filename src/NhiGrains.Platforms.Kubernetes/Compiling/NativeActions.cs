using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>
/// Native actions of Kubernetes: <c>k8s:&lt;type&gt;:&lt;verb&gt;</c>, for example <c>k8s:configmaps:watch</c>. One holds on those
/// selectors of its entitlement that have its type.
/// </summary>
internal static class NativeActions
{
    private const string Scheme = "k8s";

    public static IEnumerable<string> VerbsFor(Entitlement entitlement, ResourceType type) =>
        (entitlement.NativeActions ?? [])
            .Select(action => action.Split(':'))
            .Where(parts => parts is [Scheme, var named, _] && named == type.Type)
            .Select(parts => parts[2])
            .Where(verb => Catalogue.Current.NativeVerbs.Contains(verb, StringComparer.Ordinal));

    /// <summary>The first action that is not one, or is about a type that the entitlement has no selector of.</summary>
    public static Refusal? Check(Entitlement entitlement) =>
        (entitlement.NativeActions ?? [])
            .Select(action => Check(action, entitlement.Resources))
            .FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Check(string action, IReadOnlyList<ResourceSelector> resources)
    {
        if (action.Split(':') is not [Scheme, var type, var verb])
            return Refusals.MalformedNativeAction;
        if (Catalogue.Current.Find(type) is null)
            return Refusals.UnknownType(type);
        if (verb == "*" || Catalogue.Current.VerbsThatHandOutAccess.Contains(verb, StringComparer.Ordinal))
            return Refusals.HandsOutAccess(verb);
        if (!Catalogue.Current.NativeVerbs.Contains(verb, StringComparer.Ordinal))
            return Refusals.UnknownNativeVerb(verb);
        return resources.Any(resource => resource.Type == type) ? null : Refusals.ActionWithoutResource(action);
    }
}
