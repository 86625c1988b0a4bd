using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>One request to the API server, as its authorizer sees it.</summary>
/// <param name="Namespace">Null for the whole cluster.</param>
internal readonly record struct Request(string? Namespace, Access Access)
{
    public override string ToString() => $"{Access} of group '{Access.Group}' {(Namespace is null ? "in the cluster" : $"in {Namespace}")}";
}

/// <summary>Says of a single request whether an entitlement asks for it: from what the verbs mean, and without the compiler.</summary>
internal static class AskedFor
{
    private static readonly Dictionary<string, Verb> WhoAsks = new(StringComparer.Ordinal)
    {
        ["list"] = Verb.List, ["get"] = Verb.Read, ["update"] = Verb.Write, ["patch"] = Verb.Write, ["delete"] = Verb.Delete,
    };

    public static bool By(Entitlement entitlement, Request request) =>
        // What the authorizer is not told, it cannot keep to.
        entitlement.Conditions is { SourceCidrs: null, ResourceTagEquals: null }
        && entitlement.Resources.Any(resource => Is(resource, request) && IsVerb(entitlement, resource, request.Access.Verb));

    /// <summary>Requests that the verbs of an entitlement stand for, on one of its resources.</summary>
    public static IEnumerable<Request> Of(Entitlement entitlement, ResourceSelector resource)
    {
        var (group, plural) = Names(resource.Type);
        string? space = resource.Container.Length == 0 ? null : resource.Container;
        return Requests.Verbs.Where(verb => IsVerb(entitlement, resource, verb)).Select(verb => new Request(space, new(group, plural, verb, resource.Name)));
    }

    private static bool Is(ResourceSelector resource, Request request)
    {
        var (group, plural) = Names(resource.Type);
        // What belongs to the cluster is in no namespace, and the authorizer is not to be led astray by one.
        return (group, plural) == (request.Access.Group, request.Access.Resource)
            && (resource.Container.Length == 0 || resource.Container == request.Namespace)
            && resource.Match switch
            {
                ResourceMatch.All => true,
                ResourceMatch.Exact => resource.Name == request.Access.Name && (request.Access.Verb != "create" || plural.Contains('/', StringComparison.Ordinal)) && request.Access.Verb != "deletecollection",
                _ => request.Access.Name?.StartsWith(resource.Name ?? "", StringComparison.Ordinal) == true,
            };
    }

    private static bool IsVerb(Entitlement entitlement, ResourceSelector resource, string verb) =>
        (WhoAsks.TryGetValue(verb, out var asks) && entitlement.Verbs.Contains(asks))
        // A part of an object is made with it, or made to happen; only the whole is created.
        || (verb == "create" && entitlement.Verbs.Contains(resource.Type.Contains('/', StringComparison.Ordinal) ? Verb.Invoke : Verb.Write))
        || entitlement.NativeActions?.Contains($"k8s:{resource.Type}:{verb}", StringComparer.Ordinal) == true;

    /// <summary>What the catalogue says of the group is held to a real server by <see cref="DiscoveryTests"/>.</summary>
    private static (string Group, string Plural) Names(string type) =>
        Catalogue.Current.Types.FirstOrDefault(one => one.Type == type) is { } known ? (known.Group, type)
        : type.Split('.', 2) is [var plural, var group] ? (group, plural)
        : ("", type);
}
