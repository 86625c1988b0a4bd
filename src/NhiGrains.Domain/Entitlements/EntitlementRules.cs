using System.Buffers;
using System.Net;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Entitlements;

public static class EntitlementRules
{
    public const int MaxResources = 100;

    public const int MaxNativeActions = 100;

    /// <summary>In UTF-16 code units.</summary>
    public const int MaxNativeActionLength = 200;

    public const int MaxSourceCidrs = 100;

    // Characters that mean something in some platform's patterns, paths or expressions.
    private static readonly SearchValues<char> Metacharacters = SearchValues.Create("*?$\\\"'`{}[]()<>|&;%#");

    /// <summary>The entitlement in its normal form (distinct and sorted), or the first thing that is wrong with it.</summary>
    public static Result<Entitlement> Normalize(Entitlement entitlement)
    {
        var refusal = Names.CheckPlatformId(entitlement.Platform)
            ?? CheckActions(entitlement)
            ?? CheckResources(entitlement.Resources)
            ?? CheckConditions(entitlement.Conditions);
        if (refusal is not null)
            return refusal;
        return entitlement with
        {
            Verbs = [.. entitlement.Verbs.Distinct().Order()],
            Resources = [.. entitlement.Resources.Distinct().OrderBy(resource => resource.ToString(), StringComparer.Ordinal)],
            NativeActions = entitlement.NativeActions is { Count: > 0 } actions
                ? Sorted(actions)
                : null,
            Conditions = entitlement.Conditions with
            {
                SourceCidrs = entitlement.Conditions.SourceCidrs is { } networks ? Sorted(networks) : null,
                ResourceTagEquals = entitlement.Conditions.ResourceTagEquals?.OrderBy(tag => tag.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            },
        };
    }

    /// <summary>Whether two lists in normal form say the same, in the same order.</summary>
    public static bool AreSame(IReadOnlyList<Entitlement> one, IReadOnlyList<Entitlement> other) => Canonical.Text(one) == Canonical.Text(other);

    private static string[] Sorted(IReadOnlyList<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static Refusal? CheckActions(Entitlement entitlement)
    {
        if (entitlement.Verbs.Count == 0 && entitlement.NativeActions is not { Count: > 0 })
            return new("VERBS_REQUIRED", "An entitlement names at least one verb.", "Name the verbs: LIST, READ, WRITE, DELETE, INVOKE, USE_CREDENTIAL.", "verbs");
        if (entitlement.Verbs.Any(verb => !Enum.IsDefined(verb)))
            return new("UNKNOWN_VERB", "There is no such verb.", "Use LIST, READ, WRITE, DELETE, INVOKE or USE_CREDENTIAL.", "verbs");
        if (entitlement.NativeActions is { Count: > MaxNativeActions })
            return new("TOO_MANY_NATIVE_ACTIONS", $"An entitlement names at most {MaxNativeActions} native actions.", "Name fewer, or split the request.", "nativeActions");
        if (entitlement.NativeActions?.Any(action => action.Length > MaxNativeActionLength) == true)
            return new("NATIVE_ACTION_TOO_LONG", $"A native action has at most {MaxNativeActionLength} characters.", "Name each action by its name.", "nativeActions");
        return entitlement.NativeActions?.Any(action => string.IsNullOrWhiteSpace(action) || action.AsSpan().ContainsAny(Metacharacters)) == true
            ? new("INVALID_NATIVE_ACTION", "A native action is one action by its name, without wildcards.", "Name each action.", "nativeActions")
            : null;
    }

    private static Refusal? CheckResources(IReadOnlyList<ResourceSelector> resources)
    {
        if (resources.Count is 0 or > MaxResources)
            return new("RESOURCES_REQUIRED", $"An entitlement names 1 to {MaxResources} resources.", "Name the resources, or split the request.", "resources");
        return resources.Select(CheckResource).FirstOrDefault(refusal => refusal is not null);
    }

    private static Refusal? CheckResource(ResourceSelector resource)
    {
        if (!IsPlain(resource.Type) || !(resource.Container.Length == 0 || IsPlain(resource.Container)))
            return new("MALFORMED_RESOURCE", "A resource's type and container are plain names without wildcards.", "Give for example type 'configmaps', container 'shop'.", "resources");
        return resource.Match switch
        {
            ResourceMatch.All when resource.Name is null => null,
            ResourceMatch.Exact when IsPlain(resource.Name) => null,
            ResourceMatch.Prefix when IsPlain(resource.Name) && EndsAtSeparator(resource.Name) => null,
            ResourceMatch.Prefix => new("MALFORMED_RESOURCE", "A prefix ends at a separator ('/', '-', '.' or ':'), so that 'team-a/' never matches 'team-ab'.", "End the prefix with a separator.", "resources"),
            _ => new("MALFORMED_RESOURCE", "A resource is one name, one prefix, or all of a type; wildcards do not exist.", "Give a name, a prefix, or neither.", "resources"),
        };
    }

    private static Refusal? CheckConditions(Conditions conditions)
    {
        if (conditions is { NotBefore: { } from, NotAfter: { } until } && from >= until)
            return new("EMPTY_WINDOW", "'notBefore' is not before 'notAfter'.", "Give a window that is not empty.", "conditions");
        if (conditions.SourceCidrs is { Count: > MaxSourceCidrs })
            return new("TOO_MANY_CIDRS", $"An entitlement names at most {MaxSourceCidrs} source networks.", "Name fewer or wider networks.", "conditions.sourceCidrs");
        return conditions.SourceCidrs?.Any(cidr => !IPNetwork.TryParse(cidr, out _)) == true
            ? new("INVALID_CIDR", "A source is a network in CIDR notation (RFC 4632).", "Give for example '10.0.0.0/8'.", "conditions.sourceCidrs")
            : null;
    }

    private static bool EndsAtSeparator(string? name) => name is [.., '/' or '-' or '.' or ':'];

    private static bool IsPlain(string? text) =>
        text is { Length: > 0 and <= 1024 }
        && !text.AsSpan().ContainsAny(Metacharacters)
        && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character))
        && !text.Split('/').Any(segment => segment is "." or "..");
}
