using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Compiling;

/// <summary>What PostgreSQL cannot say, or what is not given on it, each with what to do instead.</summary>
internal static class Refusals
{
    public static Refusal Principal { get; } = new(
        "INVALID_PRINCIPAL", $"A principal on PostgreSQL is a role's name: a letter or '_', then letters, digits, '_', '-', '.' and '@', at most {Identifier.MaxBytes} bytes, and none of PostgreSQL's or NhiGrains' own (pg_, nhi_).",
        "Give for example 'billing_worker'.", "bindings");

    public static Refusal EndNotAllowed { get; } = new(
        "END_NOT_NATIVE", "PostgreSQL keeps no end time of a privilege, and the policy does not consent to an end that only the controller keeps.",
        "Ask for a policy rule that allows a controller-enforced end on this platform.", "conditions");

    public static Refusal Prefix { get; } = new(
        "PREFIX_NOT_SUPPORTED", "PostgreSQL gives privileges on objects by their names and knows no prefixes.", "Name each object.", "resources");

    public static Refusal All { get; } = new(
        "ALL_NOT_SUPPORTED", "PostgreSQL's 'ALL TABLES IN SCHEMA' is about those that exist at that moment, and what it has that lasts is wider.",
        "Name each object.", "resources");

    public static Refusal MalformedNativeAction { get; } = new(
        "INVALID_NATIVE_ACTION", "A native action on PostgreSQL is 'pg:<type>:<PRIVILEGE>'.", "Give for example 'pg:table:TRUNCATE'.", "nativeActions");

    public static Refusal MalformedName { get; } = new(
        "MALFORMED_RESOURCE", $"A name on PostgreSQL has 1 to {Identifier.MaxBytes} bytes; a longer one would be cut off and be another object's.", "Name the object as the catalogue pg_class does.", "resources");

    public static Refusal OtherSpelling(string name, string canonical) => new(
        "MALFORMED_RESOURCE", $"'{Shown(name)}' is not how pg_type spells the types of that function, and policies know one spelling.", $"Name it '{Shown(canonical)}'.", "resources");

    public static Refusal MalformedFunction { get; } = new(
        "MALFORMED_RESOURCE", "A function is its name, and after a ':' the types of its arguments by their names in pg_type, with '_' before that of an array's elements.",
        "Give for example 'total:int4,_text', or 'now' for one without arguments.", "resources");

    public static Refusal OtherPlatform(string asked, string here) => new(
        "WRONG_PLATFORM", $"The entitlement is for '{asked}' and not for '{here}'.", "Send it to the platform that it names.", "platform");

    public static Refusal UnknownType(string type) => new(
        "UNKNOWN_RESOURCE_TYPE", $"There is no resource type '{Shown(type)}' on PostgreSQL.",
        $"The nearest are {NearestNames.To(type, Catalogue.Current.Types.Select(known => known.Type))}.", "resources");

    public static Refusal WrongContainer(string type) => new(
        "MALFORMED_RESOURCE", $"The container of a {type} is {type switch { "database" => "empty", "schema" => "its database", _ => "'database/schema'" }}.",
        type switch { "database" => "Leave the container empty.", "schema" => "Give for example 'shop'.", _ => "Give for example 'shop/public'." }, "resources");

    public static Refusal UnknownDatabase(string database, IEnumerable<string> known) => new(
        "UNKNOWN_DATABASE", $"The database '{Shown(database)}' is not under control.", $"Use one of: {string.Join(", ", known.Order(StringComparer.Ordinal))}.", "resources");

    public static Refusal SystemSchema(string schema) => new(
        "SYSTEM_SCHEMA", $"The schema '{Shown(schema)}' is PostgreSQL's own, and nothing in it is given.", "Name another schema.", "resources");

    public static Refusal NotOffered(Verb verb, ResourceType type) => new(
        "VERB_NOT_OFFERED", $"A {type.Type} does not offer {VerbWords.Of(verb).ToUpperInvariant()}.",
        $"Use one of: {string.Join(", ", type.Verbs.Keys.Select(offer => offer.ToUpperInvariant()))}.", "verbs");

    public static Refusal HandsOutAccess(string action) => new(
        "HANDS_OUT_ACCESS", $"'{action}' hands out access that outlasts it, and is not given.", "Name the actions that are needed.", "nativeActions");

    public static Refusal UnknownAction(string action) => new(
        "INVALID_NATIVE_ACTION", $"There is no native action '{Shown(action)}'.", $"The nearest are {NearestNames.To(action, Catalogue.Current.Actions)}.", "nativeActions");

    public static Refusal ActionWithoutResource(string action) => new(
        "ACTION_WITHOUT_RESOURCE", $"'{Shown(action)}' is about a type that no resource of the entitlement has.", "Name a resource of that type.", "nativeActions");

    public static Refusal? OfConditions(Conditions conditions) =>
        conditions.SourceCidrs is { Count: > 0 }
            ? new("CONDITION_NOT_SUPPORTED", "PostgreSQL restricts source addresses in pg_hba.conf alone, and not by privilege.", "Leave 'sourceCidrs' out, or use another platform.", "conditions.sourceCidrs")
        : conditions.ResourceTagEquals is { Count: > 0 }
            ? new("CONDITION_NOT_SUPPORTED", "PostgreSQL's objects have no tags.", "Name the objects instead of 'resourceTagEquals'.", "conditions.resourceTagEquals")
        : null;

    /// <summary>Input is repeated in a bounded length.</summary>
    private static string Shown(string input) => input.Length <= 80 ? input : input[..80] + "…";
}
