using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>
/// What a <see cref="MemoryPlatform"/> can say: an object's body is lines of one verb on one resource, or on all of a type in a
/// container. Anything else gives nothing.
/// </summary>
public static class MemoryPermissions
{
    public static readonly IReadOnlyList<string> Types = ["configmaps", "secrets"];
    public static readonly IReadOnlyList<Verb> Verbs = [Verb.List, Verb.Read, Verb.Write, Verb.Delete];

    public static string Line(Verb verb, ResourceSelector resource) => $"{verb} {resource}";

    public static bool Give(string body, Verb verb, ResourceSelector resource) =>
        body.Split('\n').Any(line => line == Line(verb, resource) || line == Line(verb, resource with { Match = ResourceMatch.All, Name = null }));

    internal static IEnumerable<(Verb Verb, ResourceSelector Resource)> Of(IEnumerable<Entitlement> entitlements) =>
        entitlements.SelectMany(entitlement => entitlement.Resources.SelectMany(resource => entitlement.Verbs.Select(verb => (verb, resource)))).Distinct();

    internal static Translation Compile(CompileRequest request, TimeSpan controllerLag)
    {
        if (request.Entitlements.Select(wanted => Check(wanted.Entitlement)).FirstOrDefault(refusal => refusal is not null) is { } refused)
            return new(new Fidelity.Refused(refused), []);
        var ends = request.Entitlements.Any(wanted => wanted.EndsAt is not null || wanted.Entitlement.Conditions.NotAfter is not null);
        if (ends && !request.ControllerEndAllowed)
            return new(new Fidelity.Refused(new("CONTROLLER_END_NOT_ALLOWED", "Only the controller keeps an end here.", "Let the policy allow it.", "lifetime")), []);
        var objects = Of(request.Entitlements.Select(wanted => wanted.Entitlement))
            .Select(given => Object(request.Binding, given.Verb, given.Resource))
            .OrderBy(permission => permission.Key, StringComparer.Ordinal)
            .ToArray();
        return new(ends ? new Fidelity.ControllerEnforced(["The controller keeps the end."], controllerLag) : new Fidelity.Exact(), objects);
    }

    private static NativeObject Object(Binding binding, Verb verb, ResourceSelector resource) =>
        new("Permission", $"{binding.Principal}: {Line(verb, resource)}", Line(verb, resource));

    private static Refusal? Check(Entitlement entitlement) =>
        entitlement.Conditions is { SourceCidrs: not null } or { ResourceTagEquals: not null }
            ? new("UNSUPPORTED_CONDITION", "There are no addresses and no tags here.", "Leave the condition out.", "conditions")
            : entitlement.Resources.FirstOrDefault(resource => !Types.Contains(resource.Type)) is { } unknown
                ? new("UNKNOWN_RESOURCE_TYPE", $"There is no type '{unknown.Type}' here.", $"Use one of: {string.Join(", ", Types)}.", "resources")
                : entitlement.Resources.Any(resource => resource.Match == ResourceMatch.Prefix)
                    ? new("UNSUPPORTED_PREFIX", "There are no prefixes here.", "Name each resource, or all of them.", "resources")
                    : entitlement.NativeActions is { Count: > 0 } || entitlement.Verbs.Any(verb => !Verbs.Contains(verb))
                        ? new("UNSUPPORTED_VERB", "Nothing here offers that verb.", $"Use one of: {string.Join(", ", Verbs)}.", "verbs")
                        : null;
}
