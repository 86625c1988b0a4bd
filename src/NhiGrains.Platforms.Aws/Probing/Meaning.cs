using System.Net;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Probing;

/// <summary>
/// What entitlements mean, by their own words and not by what they were compiled to: so that a wrong translation is found by asking.
/// </summary>
internal static class Meaning
{
    public static bool Gives(IEnumerable<DesiredEntitlement> entitlements, Request request, Place place) =>
        entitlements.Any(wanted => Gives(wanted, request, place));

    private static bool Gives(DesiredEntitlement wanted, Request request, Place place)
    {
        var conditions = wanted.Entitlement.Conditions;
        return (request.Owner is null || request.Owner.Value.Account == place.AccountId)
            && !(request.At < conditions.NotBefore) && !(request.At >= conditions.NotAfter) && !(request.At >= wanted.EndsAt)
            && (conditions.SourceCidrs is not { Count: > 0 } cidrs || (request.From is { } from && cidrs.Any(cidr => IPNetwork.Parse(cidr).Contains(from))))
            && (conditions.ResourceTagEquals is not { Count: > 0 } tags || tags.All(tag => request.Tags?.GetValueOrDefault(tag.Key) == tag.Value))
            && wanted.Entitlement.Resources.Any(resource => Gives(wanted.Entitlement, resource, request, place));
    }

    private static bool Gives(Entitlement entitlement, ResourceSelector resource, Request request, Place place)
    {
        if (Catalogue.Current.Find(resource.Type) is not { } type || !ActionsOf(entitlement, type).Contains(request.Action, StringComparer.Ordinal))
            return false;
        if (type.Listing is { } listing && SelectorCompiler.IsListing(type, request.Action))
        {
            return request.Arn == place.Arn(listing.Arn, resource.Container, "") && resource.Match switch
            {
                ResourceMatch.All => true,
                ResourceMatch.Prefix => request.Listed?.Prefix?.StartsWith(resource.Name ?? "", StringComparison.Ordinal) == true,
                _ => false,
            };
        }

        return resource.Match == ResourceMatch.Exact
            ? IsNamed(request.Arn, place.Arn(type.Arn, resource.Container, resource.Name ?? ""), type.Suffix)
            : request.Arn.StartsWith(place.Arn(type.Arn, resource.Container, resource.Name ?? ""), StringComparison.Ordinal);
    }

    /// <summary>What AWS adds has always the same length, so the rest is the name.</summary>
    private static bool IsNamed(string arn, string named, string? suffix) =>
        suffix is null ? arn == named : arn.Length == named.Length + suffix.Length && arn.StartsWith(named + suffix[0], StringComparison.Ordinal);

    public static IEnumerable<string> ActionsOf(Entitlement entitlement, AwsType type) =>
        entitlement.Verbs.SelectMany(verb => Catalogue.ActionsOf(verb, type) ?? []).Concat(NativeActions.For(entitlement, type)).Distinct(StringComparer.Ordinal);
}
