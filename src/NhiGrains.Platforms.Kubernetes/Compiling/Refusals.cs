using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>What Kubernetes cannot say, or what is not given on it, each with what to do instead.</summary>
internal static class Refusals
{
    public static Refusal Principal { get; } = new(
        "INVALID_PRINCIPAL", "A principal on Kubernetes is 'namespace/serviceaccount' in lower-case letters, digits and '-' (RFC 1123).",
        "Give for example 'shop/billing'.", "bindings");

    public static Refusal EndNotAllowed { get; } = new(
        "END_NOT_NATIVE", "Kubernetes keeps no end time, and the policy does not consent to an end that only the controller keeps.",
        "Ask for a policy rule that allows a controller-enforced end on this platform.", "conditions");

    public static Refusal Prefix { get; } = new(
        "PREFIX_NOT_SUPPORTED", "Kubernetes' rules name objects literally and know no prefixes.",
        "Name each object, or ask for all of the type in the namespace.", "resources");

    public static Refusal MalformedNamespace { get; } = new(
        "MALFORMED_RESOURCE", "A namespace is 1 to 63 lower-case letters, digits and '-' (RFC 1123).", "Name the namespace, for example 'shop'.", "resources");

    public static Refusal MalformedName { get; } = new(
        "MALFORMED_RESOURCE", "An object's name is 1 to 253 letters, digits, '-', '.', '_' and ':', and all of a type has no name.",
        "Name the object, for example 'settings'.", "resources");

    public static Refusal MalformedNativeAction { get; } = new(
        "INVALID_NATIVE_ACTION", "A native action on Kubernetes is 'k8s:<type>:<verb>'.", "Give for example 'k8s:pods:deletecollection'.", "nativeActions");

    public static Refusal OtherPlatform(string asked, string here) => new(
        "WRONG_PLATFORM", $"The entitlement is for '{asked}' and not for '{here}'.", "Send it to the platform that it names.", "platform");

    public static Refusal UnknownType(string type) => new(
        "UNKNOWN_RESOURCE_TYPE", $"There is no resource type '{Shown(type)}' on Kubernetes.",
        $"The nearest are {NearestNames.To(type, Catalogue.Current.Types.Select(known => known.Type))}.", "resources");

    public static Refusal NotOffered(Verb verb, ResourceType type) => new(
        "VERB_NOT_OFFERED", $"'{type.Type}' does not offer {VerbWords.Of(verb).ToUpperInvariant()}.",
        type.Offers.Count == 0 ? "Ask for another resource type." : $"Use one of: {string.Join(", ", type.Offers.Select(offer => offer.ToUpperInvariant()))}.", "verbs");

    public static Refusal NeverGiven(string verb, ResourceType type, string because) => new(
        "NOT_GIVEN", $"{verb.ToUpperInvariant()} of '{type.Type}' is not given: {because}.", "Ask for another verb or resource type.", "verbs");

    public static Refusal ListShowsSecrets(ResourceType type) => new(
        "LIST_SHOWS_CONTENTS", $"On Kubernetes the list of '{type.Type}' shows their contents.", "Ask for READ beside LIST, or for READ of one name.", "verbs");

    public static Refusal NotInNamespace(string type) => new(
        "CLUSTER_SCOPED", $"'{type}' belong to the cluster and to no namespace.", "Leave the container empty.", "resources");

    public static Refusal NamespaceRequired(string type) => new(
        "NAMESPACE_REQUIRED", $"'{type}' live in namespaces, and access is given in one namespace at a time.", "Name the namespace as the container.", "resources");

    public static Refusal WatchHasNoEnd(ResourceType type) => new(
        "WATCH_HAS_NO_END", $"A watch of '{type.Type}' that is open when the access ends runs on for as long as its client asked for, and Kubernetes does not cut it off.",
        "Ask for LIST, or for the watch as standing access.", "nativeActions");

    public static Refusal CannotName(string native, ResourceType type) => new(
        "CANNOT_NAME", $"Kubernetes cannot restrict '{native}' of '{type.Type}' to a name.", "Leave the action out, or ask for all of the type.", "nativeActions");

    public static Refusal HandsOutAccess(string native) => new(
        "HANDS_OUT_ACCESS", $"'{native}' hands out access and is not given.", "Name the actions that are needed.", "nativeActions");

    public static Refusal UnknownNativeVerb(string native) => new(
        "INVALID_NATIVE_ACTION", $"There is no native verb '{Shown(native)}'.",
        $"The nearest are {NearestNames.To(native, Catalogue.Current.NativeVerbs)}.", "nativeActions");

    public static Refusal ActionWithoutResource(string action) => new(
        "ACTION_WITHOUT_RESOURCE", $"'{Shown(action)}' is about a type that no resource of the entitlement has.", "Name a resource of that type.", "nativeActions");

    public static Refusal? OfConditions(Conditions conditions) =>
        conditions.SourceCidrs is { Count: > 0 }
            ? new("CONDITION_NOT_SUPPORTED", "Kubernetes cannot restrict access to source addresses.", "Leave 'sourceCidrs' out, or use another platform.", "conditions.sourceCidrs")
        : conditions.ResourceTagEquals is { Count: > 0 }
            ? new("CONDITION_NOT_SUPPORTED", "Kubernetes cannot restrict access by labels.", "Name the objects instead of 'resourceTagEquals'.", "conditions.resourceTagEquals")
        : null;

    /// <summary>Input is repeated in a bounded length.</summary>
    private static string Shown(string input) => input.Length <= 80 ? input : input[..80] + "…";
}
