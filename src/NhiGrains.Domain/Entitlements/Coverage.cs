using System.Net;

namespace NhiGrains.Domain.Entitlements;

/// <summary>Whether one entitlement gives nothing that another does not give.</summary>
public static class Coverage
{
    public static bool IsWithin(Entitlement inner, Entitlement outer) =>
        inner.Platform == outer.Platform
        && inner.Verbs.All(outer.Verbs.Contains)
        && (inner.NativeActions ?? []).All(action => outer.NativeActions?.Contains(action, StringComparer.Ordinal) == true)
        && inner.Resources.All(resource => outer.Resources.Any(wider => IsWithin(resource, wider)))
        && IsWithin(inner.Conditions, outer.Conditions);

    /// <summary>Each of the first within one of the second.</summary>
    public static bool AreWithin(IReadOnlyList<Entitlement> inner, IReadOnlyList<Entitlement> outer) =>
        inner.All(one => outer.Any(other => IsWithin(one, other)));

    public static bool IsWithin(ResourceSelector inner, ResourceSelector outer) =>
        (inner.Type, inner.Container) == (outer.Type, outer.Container) && (outer.Match, inner.Match) switch
        {
            (ResourceMatch.All, _) => true,
            (ResourceMatch.Prefix, ResourceMatch.Exact or ResourceMatch.Prefix) =>
                outer.Name is { } prefix && inner.Name?.StartsWith(prefix, StringComparison.Ordinal) == true,
            (ResourceMatch.Exact, ResourceMatch.Exact) => inner.Name == outer.Name,
            _ => false,
        };

    // A condition that the outer one has must be there, as strict or stricter.
    private static bool IsWithin(Conditions inner, Conditions outer) =>
        (outer.NotBefore is null || inner.NotBefore >= outer.NotBefore)
        && (outer.NotAfter is null || inner.NotAfter <= outer.NotAfter)
        // No networks at all are any network, as for the platforms.
        && (outer.SourceCidrs is not { Count: > 0 } networks
            || (inner.SourceCidrs is { Count: > 0 } own && own.All(network => networks.Any(wider => IsWithin(network, wider)))))
        && (outer.ResourceTagEquals?.All(tag => inner.ResourceTagEquals?.TryGetValue(tag.Key, out var value) == true && value == tag.Value) ?? true);

    private static bool IsWithin(string inner, string outer) =>
        IPNetwork.TryParse(inner, out var small) && IPNetwork.TryParse(outer, out var large)
        && small.BaseAddress.AddressFamily == large.BaseAddress.AddressFamily // An address of version 4 in one of 6 has another prefix length.
        && small.PrefixLength >= large.PrefixLength && large.Contains(small.BaseAddress);
}
