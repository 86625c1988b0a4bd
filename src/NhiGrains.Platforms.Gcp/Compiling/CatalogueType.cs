using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>One resource type of catalogue.json.</summary>
/// <param name="Service">What <see cref="GcpPlatformOptions.Services"/> calls it.</param>
/// <param name="PolicyOf">What has the policy for one resource: itself, or its container.</param>
/// <param name="Resource">The resource's name, with <c>{project}</c>, <c>{container}</c> and <c>{name}</c>.</param>
/// <param name="Names">The form of a name, as a regular expression.</param>
/// <param name="Natives">How the permissions begin that are about this type.</param>
/// <param name="WholeOnly">Permissions that Google checks on what holds the resource.</param>
/// <param name="Container">The form of the container; null: it is empty.</param>
/// <param name="ResourceName">How conditions know it (<c>resource.name</c>); null: the service does not tell conditions.</param>
/// <param name="ResourceType">The same as <c>resource.type</c>.</param>
internal sealed record CatalogueType(
    string Type,
    IReadOnlyDictionary<string, string[]> Verbs,
    string Service,
    PolicyOf PolicyOf,
    string Resource,
    string Names,
    IReadOnlyList<string> Natives,
    IReadOnlyList<string> WholeOnly,
    string? Container = null,
    string? ResourceName = null,
    string? ResourceType = null) : ICatalogueType
{
    public bool IsName(string name) => Matches(name, Names);

    public bool IsContainer(string container) => Container is null ? container.Length == 0 : Matches(container, Container);

    public bool IsAbout(string permission) => Natives.Any(start => permission.StartsWith(start, StringComparison.Ordinal));

    private static bool Matches(string text, string form) =>
        Regex.IsMatch(text, $"\\A(?:{form.TrimStart('^').TrimEnd('$')})\\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}

/// <summary>What the policy hangs on, when it is about one resource.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyOf>))]
internal enum PolicyOf
{
    Bucket,
    Topic,
    Subscription,
    Secret,
    RunService,

    /// <summary>The bucket that holds an object.</summary>
    Container,
}

internal static class Catalogue
{
    public static PlatformCatalogue<CatalogueType> Current { get; } = PlatformCatalogue<CatalogueType>.Load(typeof(Catalogue).Assembly, "catalogue.json");

    public static PlaceKind KindOf(PolicyOf policyOf) => policyOf switch
    {
        PolicyOf.Topic => PlaceKind.Topic,
        PolicyOf.Subscription => PlaceKind.Subscription,
        PolicyOf.Secret => PlaceKind.Secret,
        PolicyOf.RunService => PlaceKind.RunService,
        _ => PlaceKind.Bucket,
    };
}
