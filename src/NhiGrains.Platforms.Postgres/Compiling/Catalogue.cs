using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Postgres.Compiling;

/// <summary>One resource type. Its actions are <c>pg:&lt;type&gt;:&lt;privilege&gt;</c>.</summary>
internal sealed record ResourceType(string Type, IReadOnlyDictionary<string, string[]> Verbs) : ICatalogueType;

/// <summary>What can be granted on PostgreSQL. It is data: catalogue.json.</summary>
internal static class Catalogue
{
    public static PlatformCatalogue<ResourceType> Current { get; } = PlatformCatalogue<ResourceType>.Load(typeof(Catalogue).Assembly, "catalogue.json");

    /// <summary>Privileges of a type that are given to somebody, for questions about what was not.</summary>
    public static IEnumerable<string> GivablePrivileges(string type) => Current.Actions
        .Except(Current.HandsOutAccess, StringComparer.Ordinal)
        .Select(action => action.Split(':'))
        .Where(parts => parts[1] == type)
        .Select(parts => parts[2]);
}
