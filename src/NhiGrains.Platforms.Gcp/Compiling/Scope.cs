using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>Where access to a selection of resources is given, and the test that keeps it to them.</summary>
/// <param name="Selection">A test of the resource; null: everything at the place.</param>
/// <param name="OfWhole">The same for permissions that Google checks on what holds the resources; null: they cannot be kept to the selection.</param>
internal sealed record Scope(CatalogueType Type, Place Place, string? Selection, WholeScope? OfWhole)
{
    public static Result<Scope> Of(ResourceSelector resource, CatalogueType type, GcpPlatformOptions options) =>
        Refusals.OfResource(resource, type, options) is { } refusal ? refusal
        : type.PolicyOf == PolicyOf.Container ? Below(resource, type, Place.Bucket(resource.Container))
        : resource.Match switch
        {
            ResourceMatch.Exact => new Scope(type, new(Catalogue.KindOf(type.PolicyOf), NameOf(resource, type, options)), null, null),
            ResourceMatch.All => new Scope(type, Place.Project(options.ProjectId), null, new(null)),
            _ => InProject(resource, type, options),
        };

    /// <summary>The resource's name, as calls and authorizers know it; of a prefix or of all, its beginning.</summary>
    public static string NameOf(ResourceSelector resource, CatalogueType type, GcpPlatformOptions options) => type.Resource
        .Replace("{project}", options.ProjectId, StringComparison.Ordinal)
        .Replace("{container}", resource.Container, StringComparison.Ordinal)
        .Replace("{name}", resource.Name, StringComparison.Ordinal);

    private static Scope Below(ResourceSelector resource, CatalogueType type, Place place)
    {
        var name = $"{place.Name}/objects/{resource.Name}";
        return resource.Match switch
        {
            ResourceMatch.Exact => new(type, place, CelText.NameIs(name), null),
            // A list names the prefix that it is of, which a condition can test.
            ResourceMatch.Prefix => new(type, place, CelText.NameStartsWith(name), new(CelText.ListsBelow(resource.Name ?? ""))),
            _ => new(type, place, null, new(null)),
        };
    }

    private static Result<Scope> InProject(ResourceSelector resource, CatalogueType type, GcpPlatformOptions options)
    {
        if (type.ResourceName is not { } form)
            return Refusals.PrefixNotSupported(type);
        if (form.Contains("{number}", StringComparison.Ordinal) && options.ProjectNumber is null)
            return Refusals.NumberRequired(type);
        var name = form.Replace("{number}", options.ProjectNumber, StringComparison.Ordinal).Replace("{name}", resource.Name, StringComparison.Ordinal);
        return new Scope(type, Place.Project(options.ProjectId), CelText.NameStartsWith(name), null);
    }
}

/// <param name="Selection">As in <see cref="Scope"/>.</param>
internal sealed record WholeScope(string? Selection);
