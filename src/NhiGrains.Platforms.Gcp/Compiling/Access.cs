using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>One permission on one selection of resources, as long as it is given.</summary>
/// <param name="Until">Null: it has no end.</param>
internal sealed record Access(CatalogueType Type, ResourceSelector Resource, string Permission, DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>Whether Google checks the permission on what holds the resources.</summary>
    public bool IsOfWhole => Type.WholeOnly.Contains(Permission, StringComparer.Ordinal);

    /// <summary>Whether it gives a permission on one resource at a time.</summary>
    public bool Gives(CatalogueType type, string container, string? name, string permission, DateTimeOffset at) =>
        Type.Type == type.Type && Permission == permission
        && !(From > at) && !(Until <= at)
        && Holds(container, name);

    private bool Holds(string container, string? name) => Resource.Match switch
    {
        // All of a type in the project has no container, whichever one the resource has.
        ResourceMatch.All => Resource.Container.Length == 0 || Resource.Container == container,
        ResourceMatch.Prefix => Resource.Container == container && name?.StartsWith(Resource.Name ?? "", StringComparison.Ordinal) == true,
        _ => Resource.Container == container && name == Resource.Name,
    };
}
