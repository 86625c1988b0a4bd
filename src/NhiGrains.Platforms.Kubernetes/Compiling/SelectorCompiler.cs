using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>From one selector of an entitlement to accesses.</summary>
internal static class SelectorCompiler
{
    public static Refusal? Add(Draft draft, Entitlement entitlement, ResourceSelector resource, bool ends)
    {
        if (Catalogue.Current.Find(resource.Type) is not { } known)
            return Refusals.UnknownType(resource.Type);
        var type = CustomTypes.In(resource.Container, known);
        if (CheckPlace(resource, type) is { } misplaced)
            return misplaced;
        var verbs = entitlement.Verbs
            .Select(verb => AddVerb(draft, entitlement, resource, type, verb, ends))
            .FirstOrDefault(refusal => refusal is not null);
        return verbs ?? AddNative(draft, entitlement, resource, type, ends);
    }

    private static Refusal? CheckPlace(ResourceSelector resource, ResourceType type) =>
        type.ClusterScoped && resource.Container.Length > 0 ? Refusals.NotInNamespace(type.Type)
        : !type.ClusterScoped && resource.Container.Length == 0 ? Refusals.NamespaceRequired(type.Type)
        : !type.ClusterScoped && !ServiceAccountName.IsNamespace(resource.Container) ? Refusals.MalformedNamespace
        : resource.Match switch
        {
            ResourceMatch.Prefix => Refusals.Prefix,
            ResourceMatch.Exact when resource.Name is null || !ServiceAccountName.IsObjectName(resource.Name) => Refusals.MalformedName,
            ResourceMatch.All when resource.Name is not null => Refusals.MalformedName,
            _ => null,
        };

    private static Refusal? AddVerb(Draft draft, Entitlement entitlement, ResourceSelector resource, ResourceType type, Verb verb, bool ends)
    {
        if (Catalogue.Current.NativeOf(verb, type) is not { } natives)
            return type.Refuse is { Verbs: ["*"] } refuse ? Refusals.NeverGiven(verb.ToString(), type, refuse.Because) : Refusals.NotOffered(verb, type);
        if (natives.Select(type.WhyRefused).FirstOrDefault(why => why is not null) is { } because)
            return Refusals.NeverGiven(VerbWords.Of(verb), type, because);
        if (verb == Verb.List && type.ListShowsSecrets && !entitlement.Verbs.Contains(Verb.Read))
            return Refusals.ListShowsSecrets(type);
        var named = resource.Name is not null;
        var possible = named ? [.. natives.Where(type.CanName)] : natives;
        foreach (var native in possible)
            Give(draft, resource, type, native, ends);
        if (possible.Count < natives.Count)
            draft.Differs($"{Of(verb, resource)} changes it and cannot create it: Kubernetes cannot restrict 'create' to a name.");
        if (named && verb == Verb.List)
            draft.Differs($"{Of(verb, resource)} works only with the field selector metadata.name={resource.Name}.");
        return null;
    }

    private static Refusal? AddNative(Draft draft, Entitlement entitlement, ResourceSelector resource, ResourceType type, bool ends)
    {
        foreach (var native in NativeActions.VerbsFor(entitlement, type))
        {
            if (type.WhyRefused(native) is { } because)
                return Refusals.NeverGiven(native, type, because);
            if (resource.Name is not null && !type.CanName(native))
                return Refusals.CannotName(native, type);
            if (native is "list" or "watch" && type.ListShowsSecrets && !entitlement.Verbs.Contains(Verb.Read))
                return Refusals.ListShowsSecrets(type);
            if (native == "watch" && ends)
                return Refusals.WatchHasNoEnd(type);
            Give(draft, resource, type, native, ends);
        }

        return null;
    }

    private static void Give(Draft draft, ResourceSelector resource, ResourceType type, string native, bool ends)
    {
        draft.Give(type.ClusterScoped ? null : resource.Container, new Access(type.Group, type.Resource, native, resource.Name));
        if (ends && (Catalogue.Current.WhyOutlasting(native, type.Type) ?? CustomTypes.WhyOutlasting(native, type)) is { } outlasting)
            draft.Outlasts(outlasting);
    }

    private static string Of(Verb verb, ResourceSelector resource) =>
        $"{VerbWords.Of(verb).ToUpperInvariant()} of {resource.Type} '{resource.Name}'{(resource.Container.Length == 0 ? "" : $" in {resource.Container}")}";
}
