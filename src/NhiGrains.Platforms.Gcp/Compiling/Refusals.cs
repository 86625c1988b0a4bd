using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>What Google Cloud cannot say, or what is not given on it, each with what to do instead.</summary>
internal static class Refusals
{
    public static Refusal Principal(string project) => new(
        "INVALID_PRINCIPAL", $"A principal on Google Cloud is the e-mail address of a service account of project '{project}'.",
        $"Give for example 'billing@{project}.iam.gserviceaccount.com'.", "bindings");

    public static Refusal OtherPlatform(string asked, string here) => new(
        "WRONG_PLATFORM", $"The entitlement is for '{asked}' and not for '{here}'.", "Send it to the platform that it names.", "platform");

    public static Refusal UnknownType(string type) => new(
        "UNKNOWN_RESOURCE_TYPE", $"There is no resource type '{Shown(type)}' on Google Cloud.",
        $"The nearest are {NearestNames.To(type, Catalogue.Current.Types.Select(known => known.Type))}.", "resources");

    public static Refusal EndNotAllowed(CatalogueType type) => new(
        "END_NOT_NATIVE", $"Google takes no condition in the policy of one '{type.Type}', and the policy does not consent to an end that only the controller keeps.",
        "Ask for all of the type, or for a policy rule that allows a controller-enforced end on this platform.", "conditions");

    public static Refusal NotOffered(string what, CatalogueType type) => new(
        "VERB_NOT_OFFERED", $"'{type.Type}' does not offer {what}.",
        $"Use one of: {string.Join(", ", type.Verbs.Keys.Select(verb => verb.ToUpperInvariant()))}.", "verbs");

    public static Refusal WholeOnly(string what, CatalogueType type) => new(
        "NEEDS_ALL", $"Google checks {what} of '{type.Type}' on what holds them, and it cannot be kept to some of them.",
        $"Leave {what} out, or ask for it on all of the type.", "resources");

    public static Refusal PrefixNotSupported(CatalogueType type) => new(
        "PREFIX_NOT_SUPPORTED", $"Google's conditions do not know the name of a '{type.Type}'.", "Name each resource, or ask for all of the type.", "resources");

    public static Refusal NumberRequired(CatalogueType type) => new(
        "PREFIX_NOT_SUPPORTED", $"Google's conditions know a '{type.Type}' by the project's number, which is not configured.",
        "Set ProjectNumber of the platform, or name each resource.", "resources");

    public static Refusal MalformedNativeAction { get; } = new(
        "INVALID_NATIVE_ACTION", "A native action on Google Cloud is 'gcp:<permission>'.", "Give for example 'gcp:pubsub.topics.update'.", "nativeActions");

    public static Refusal UnknownPermission(string permission) => new(
        "INVALID_NATIVE_ACTION", $"There is no permission '{Shown(permission)}' in the catalogue.",
        $"The nearest are {NearestNames.To(permission, Catalogue.Current.Actions)}.", "nativeActions");

    public static Refusal HandsOutAccess(string permission) => new(
        "HANDS_OUT_ACCESS", $"'{permission}' hands out access and is not given.", "Name the actions that are needed.", "nativeActions");

    public static Refusal ActionWithoutResource(string action) => new(
        "ACTION_WITHOUT_RESOURCE", $"'{Shown(action)}' is about a type that no resource of the entitlement has.", "Name a resource of that type.", "nativeActions");

    public static Refusal TooManyConditions { get; } = new(
        "TOO_MANY_CONDITIONS", $"Google takes {Packing.MaxConditionsOfOneRole} conditions for one role of one principal in a policy, and this needs more.",
        "Name fewer resources of a bucket, a prefix, or all of it.", "resources");

    public static Refusal? OfConditions(Conditions conditions) =>
        conditions.SourceCidrs is { Count: > 0 }
            ? new("CONDITION_NOT_SUPPORTED", "Google's conditions cannot restrict access to these services to source addresses.", "Leave 'sourceCidrs' out, or use another platform.", "conditions.sourceCidrs")
        : conditions.ResourceTagEquals is { Count: > 0 }
            ? new("CONDITION_NOT_SUPPORTED", "Access by Google's resource tags is not given.", "Name the resources instead of 'resourceTagEquals'.", "conditions.resourceTagEquals")
        : null;

    /// <summary>What is wrong with a selector of a known type; null when nothing is.</summary>
    public static Refusal? OfResource(ResourceSelector resource, CatalogueType type, GcpPlatformOptions options)
    {
        if (!IsLookedAfter(resource, type, options))
            return new("SERVICE_NOT_LOOKED_AFTER", $"This platform does not look after '{type.Type}'{(type.Service == "run" ? " in that region" : "")}.", "Name the service, or the region, in the platform's options.", "resources");
        if (resource.Match == ResourceMatch.All && type.PolicyOf != PolicyOf.Container)
        {
            return resource.Container.Length == 0 ? null
                : new("CONTAINER_NOT_SUPPORTED", $"All of '{type.Type}' are those of the project: Google's conditions cannot keep it to a part.", "Leave the container empty, or name each resource.", "resources");
        }

        if (!type.IsContainer(resource.Container))
        {
            return type.Container is null
                ? new("CONTAINER_NOT_SUPPORTED", $"'{type.Type}' are held by the project alone, and other projects are platforms of their own.", "Leave the container empty.", "resources")
                : new("MALFORMED_RESOURCE", $"'{Shown(resource.Container)}' cannot hold a '{type.Type}'.", type.PolicyOf == PolicyOf.Container ? "Name the bucket as the container." : "Name the region as the container, for example 'europe-west1'.", "resources");
        }

        var named = resource.Name is { } name && IsName(name, resource.Match, type);
        return named || resource is { Match: ResourceMatch.All, Name: null } ? null
            : new("MALFORMED_RESOURCE", $"'{Shown(resource.Name ?? "")}' is no name of a '{type.Type}'.", "Give the name without project and path.", "resources");
    }

    /// <summary>The beginning of a name needs only to be the beginning of one.</summary>
    private static bool IsName(string name, ResourceMatch match, CatalogueType type) =>
        match == ResourceMatch.Exact ? type.IsName(name) : match == ResourceMatch.Prefix && type.IsName(name + "aaa");

    private static bool IsLookedAfter(ResourceSelector resource, CatalogueType type, GcpPlatformOptions options) =>
        type.Service == "run"
            ? resource.Container.Length == 0 || !type.IsContainer(resource.Container) || options.RunRegions.Contains(resource.Container, StringComparer.Ordinal)
            : options.Services.Contains(type.Service, StringComparer.Ordinal);

    /// <summary>Input is repeated in a bounded length.</summary>
    private static string Shown(string input) => input.Length <= 80 ? input : input[..80] + "…";
}
