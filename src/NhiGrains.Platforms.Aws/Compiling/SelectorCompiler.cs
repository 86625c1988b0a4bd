using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>From one selector of an entitlement to accesses. Pure.</summary>
internal static class SelectorCompiler
{
    public static Result<IReadOnlyList<Access>> Compile(Entitlement entitlement, ResourceSelector resource, Place place)
    {
        if (Catalogue.Current.Find(resource.Type) is not { } type)
            return Refusals.UnknownType(resource.Type);
        if (Check(resource, type) is { } malformed)
            return malformed;
        var actions = new List<string>();
        foreach (var verb in entitlement.Verbs)
        {
            if (Catalogue.ActionsOf(verb, type) is not { } named)
                return Refusals.NotOffered(verb, type);
            actions.AddRange(named);
        }

        actions.AddRange(NativeActions.For(entitlement, type));
        if (entitlement.Conditions.ResourceTagEquals is { Count: > 0 } && actions.FirstOrDefault(action => !type.Tagged.Contains(action, StringComparer.Ordinal)) is { } untagged)
            return Refusals.TagsUnknown(untagged, type);
        if (resource.Match == ResourceMatch.Exact && actions.FirstOrDefault(action => IsListing(type, action)) is not null)
            return Refusals.ListShowsNeighbours(type);
        return Result<IReadOnlyList<Access>>.Ok([.. actions.Select(action => AccessOf(action, resource, type, place))]);
    }

    /// <summary>Whether the action is about the container of what is selected.</summary>
    public static bool IsListing(AwsType type, string action) => type.Listing?.Actions.Contains(action, StringComparer.Ordinal) == true;

    private static Access AccessOf(string action, ResourceSelector resource, AwsType type, Place place) =>
        type.Listing is { } listing && IsListing(type, action)
            ? new(action, place.Arn(listing.Arn, resource.Container, ""), type.OwnerKey, resource.Match == ResourceMatch.Prefix ? (listing.PrefixKey, resource.Name ?? "") : null)
            : new(action, place.Arn(type.Arn, resource.Container, resource.Match == ResourceMatch.Exact ? $"{resource.Name}{type.Suffix}" : $"{resource.Name}*"), type.OwnerKey);

    private static Refusal? Check(ResourceSelector resource, AwsType type) =>
        CheckContainer(resource.Container, type)
        ?? resource.Match switch
        {
            ResourceMatch.Exact => resource.Name is { } name && Catalogue.IsForm(type.Names, name) ? null : Refusals.MalformedName(type),
            _ when type.ExactOnly => Refusals.ExactOnly(type),
            ResourceMatch.Prefix => resource.Name is { } prefix && Catalogue.IsForm(type.Prefixes, prefix) ? null : Refusals.MalformedPrefix(type),
            _ => resource.Name is null ? null : Refusals.MalformedName(type),
        };

    private static Refusal? CheckContainer(string container, AwsType type) => type.Container switch
    {
        "none" => container.Length == 0 ? null : Refusals.NoContainer(type),
        "bucket" => Catalogue.IsForm("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", container) ? null : Refusals.BucketRequired(type),
        _ => Catalogue.IsForm("[a-z]{2}(-[a-z]+)+-[0-9]{1,2}", container) ? null : Refusals.RegionRequired(type),
    };
}
