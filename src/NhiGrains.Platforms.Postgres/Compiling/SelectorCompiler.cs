using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Compiling;

/// <summary>
/// From one selector of an entitlement to permissions: the privileges themselves, and those without which they are of no use,
/// CONNECT to the database and USAGE of the schema.
/// </summary>
internal static class SelectorCompiler
{
    public static Refusal? Add(ISet<Permission> union, Entitlement entitlement, ResourceSelector resource, IReadOnlyCollection<string> databases)
    {
        if (Catalogue.Current.Find(resource.Type) is not { } type)
            return Refusals.UnknownType(resource.Type);
        if (resource.Match != ResourceMatch.Exact)
            return resource.Match == ResourceMatch.Prefix ? Refusals.Prefix : Refusals.All;
        if (Place(resource, databases, out var place) is { } misplaced)
            return misplaced;
        var actions = new List<string>();
        foreach (var verb in entitlement.Verbs)
        {
            if (PlatformCatalogue<ResourceType>.ActionsOf(verb, type) is not { } offered)
                return Refusals.NotOffered(verb, type);
            actions.AddRange(offered);
        }

        actions.AddRange((entitlement.NativeActions ?? []).Where(action => TypeOf(action) == type.Type));
        if (actions.FirstOrDefault(action => Catalogue.Current.HandsOutAccess.Contains(action, StringComparer.Ordinal)) is { } handing)
            return Refusals.HandsOutAccess(handing);
        foreach (var action in actions.Where(action => Catalogue.Current.Actions.Contains(action, StringComparer.Ordinal)))
            union.UnionWith(WithWay(place with { Privilege = action.Split(':')[2] }));
        return null;
    }

    /// <summary>The first action that is not one, or is about a type that the entitlement has no selector of.</summary>
    public static Refusal? CheckActions(Entitlement entitlement) =>
        (entitlement.NativeActions ?? []).Select(action => Check(action, entitlement)).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Check(string action, Entitlement entitlement) =>
        TypeOf(action) is not { } type ? Refusals.MalformedNativeAction
        : !Catalogue.Current.Actions.Contains(action, StringComparer.Ordinal) ? Refusals.UnknownAction(action)
        : Catalogue.Current.HandsOutAccess.Contains(action, StringComparer.Ordinal) ? Refusals.HandsOutAccess(action)
        : entitlement.Resources.All(resource => resource.Type != type) ? Refusals.ActionWithoutResource(action)
        : null;

    private static string? TypeOf(string action) => action.Split(':') is ["pg", var type, _] ? type : null;

    private static IEnumerable<Permission> WithWay(Permission permission)
    {
        yield return permission;
        if (permission.Kind != "database")
            yield return new("database", permission.Database, "", "", "CONNECT");
        if (permission.Name.Length > 0)
            yield return new("schema", permission.Database, permission.Schema, "", "USAGE");
    }

    private static Refusal? Place(ResourceSelector resource, IReadOnlyCollection<string> databases, out Permission place)
    {
        place = new(resource.Type, "", "", "", "");
        var segments = resource.Container.Length == 0 ? [] : resource.Container.Split('/');
        if (segments.Length != resource.Type switch { "database" => 0, "schema" => 1, _ => 2 })
            return Refusals.WrongContainer(resource.Type);
        // A function's name is longer by its types, and is checked by itself.
        if (resource.Name is not { } name || !segments.All(Identifier.IsName) || (resource.Type != "function" && !Identifier.IsName(name)))
            return Refusals.MalformedName;
        place = resource.Type switch
        {
            "database" => place with { Database = name },
            "schema" => place with { Database = segments[0], Schema = name },
            "function" => place with { Database = segments[0], Schema = segments[1], Name = FunctionName.Canonical(name) ?? "" },
            _ => place with { Database = segments[0], Schema = segments[1], Name = name },
        };
        return resource.Type is "function" && place.Name.Length == 0 ? Refusals.MalformedFunction
            // Policy has decided about the name as it is: in another spelling it would be another function there, and the same one here.
            : resource.Type is "function" && place.Name != name ? Refusals.OtherSpelling(name, place.Name)
            : place.Database.Contains('/', StringComparison.Ordinal) || place.Schema.Contains('/', StringComparison.Ordinal) ? Refusals.MalformedName
            : !databases.Contains(place.Database) ? Refusals.UnknownDatabase(place.Database, databases)
            : place.Schema is "information_schema" || place.Schema.StartsWith("pg_", StringComparison.Ordinal) ? Refusals.SystemSchema(place.Schema)
            : null;
    }
}
