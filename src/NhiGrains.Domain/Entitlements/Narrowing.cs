using System.Net;

namespace NhiGrains.Domain.Entitlements;

/// <summary>Whether one set of entitlements lies within another: what cannot be shown to lie within does not.</summary>
public static class Narrowing
{
    /// <summary>Every entitlement lies within a single one of the others.</summary>
    public static bool IsWithin(IReadOnlyList<Entitlement> narrow, IReadOnlyList<Entitlement> wide) =>
        narrow.All(one => wide.Any(other => IsWithin(one, other)));

    public static bool IsWithin(Entitlement narrow, Entitlement wide) =>
        narrow.Platform == wide.Platform
        && narrow.Verbs.All(wide.Verbs.Contains)
        && (narrow.NativeActions ?? []).All(action => wide.NativeActions?.Contains(action, StringComparer.Ordinal) == true)
        && narrow.Resources.All(resource => wide.Resources.Any(other => IsWithin(resource, other)))
        && IsWithin(narrow.Conditions, wide.Conditions);

    private static bool IsWithin(ResourceSelector narrow, ResourceSelector wide) =>
        narrow == wide || (narrow.Type == wide.Type && narrow.Container == wide.Container && wide.Match switch
        {
            ResourceMatch.All => true,
            ResourceMatch.Prefix => narrow is { Match: ResourceMatch.Exact or ResourceMatch.Prefix, Name: { } name }
                && wide.Name is { } prefix && name.StartsWith(prefix, StringComparison.Ordinal),
            _ => false,
        });

    private static bool IsWithin(Conditions narrow, Conditions wide) =>
        (wide.NotBefore is null || narrow.NotBefore >= wide.NotBefore)
        && (wide.NotAfter is null || narrow.NotAfter <= wide.NotAfter)
        && (wide.SourceCidrs is not { Count: > 0 } networks || (narrow.SourceCidrs is { Count: > 0 } own && own.All(one => networks.Any(other => IsWithin(one, other)))))
        && (wide.ResourceTagEquals is not { } tags || tags.All(tag => narrow.ResourceTagEquals?.TryGetValue(tag.Key, out var value) == true && value == tag.Value));

    private static bool IsWithin(string narrow, string wide) =>
        IPNetwork.TryParse(narrow, out var one) && IPNetwork.TryParse(wide, out var other)
        && one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily
        && one.PrefixLength >= other.PrefixLength && other.Contains(one.BaseAddress);
}
