using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>What to ask the authorizer: yes for all that is given, no for what was taken away and around what is given. Pure.</summary>
internal static class MemoryProbes
{
    public static IEnumerable<(Verb Verb, ResourceSelector Resource, bool Expected)> About(DesiredState desired)
    {
        var given = MemoryPermissions.Of(desired.Entitlements.Select(wanted => wanted.Entitlement)).ToArray();
        var body = string.Join('\n', given.Select(one => MemoryPermissions.Line(one.Verb, one.Resource)));
        var ended = MemoryPermissions.Of(desired.EndedEntitlements);
        return given.Select(one => (one.Verb, one.Resource, Expected: true))
            .Concat(ended.Concat(given.SelectMany(Around))
                .Where(one => !MemoryPermissions.Give(body, one.Verb, one.Resource))
                .Select(one => (one.Verb, one.Resource, Expected: false)))
            .Distinct();
    }

    private static IEnumerable<(Verb Verb, ResourceSelector Resource)> Around((Verb Verb, ResourceSelector Resource) given)
    {
        var (verb, resource) = given;
        return MemoryPermissions.Verbs.Select(sibling => (sibling, resource))
            .Concat(MemoryPermissions.Types.Select(type => (verb, resource with { Type = type })))
            .Append((verb, resource with { Container = resource.Container + "-other" }))
            .Concat(resource.Name is null ? [] : [(verb, resource with { Name = resource.Name + "-other" })]);
    }
}
