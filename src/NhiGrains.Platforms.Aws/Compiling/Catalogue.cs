using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>One resource type of AWS.</summary>
/// <param name="Container">What the container of a selector is: <c>none</c>, <c>bucket</c> or <c>region</c>.</param>
/// <param name="Arn">With <c>{partition}</c>, <c>{account}</c>, <c>{container}</c> and <c>{name}</c>.</param>
/// <param name="Names">The form of a name, as a regular expression for all of it.</param>
/// <param name="Prefixes">The form of a prefix; empty: there are none.</param>
/// <param name="Native">Actions that no verb stands for and that can be named on it, beside those of its verbs.</param>
/// <param name="Tagged">Actions for which AWS knows <c>aws:ResourceTag</c> of the resource.</param>
/// <param name="Listing">How some actions are about the container instead.</param>
/// <param name="Suffix">What AWS adds to a name in the ARN, with '?' for a character that only AWS knows. Of a fixed length, so that it matches one name alone.</param>
/// <param name="OwnerKey">The condition key that holds the account of the resource, where an ARN does not name it: a bucket of that name can become somebody else's.</param>
/// <param name="ExactOnly">It is given by name and never in bulk.</param>
internal sealed record AwsType(
    string Type,
    string Container,
    string Arn,
    string Names,
    string Prefixes,
    string Example,
    IReadOnlyDictionary<string, string[]> Verbs,
    IReadOnlyList<string> Native,
    IReadOnlyList<string> Tagged,
    Listing? Listing = null,
    string? Suffix = null,
    string? OwnerKey = null,
    bool ExactOnly = false,
    string? Hint = null) : ICatalogueType;

/// <summary>Listing is about the container, and narrowed by a condition.</summary>
/// <param name="PrefixKey">The condition key that holds the prefix that a caller lists.</param>
internal sealed record Listing(string Arn, string PrefixKey, IReadOnlyList<string> Actions);

internal static class Catalogue
{
    private static readonly ConcurrentDictionary<string, Regex> Forms = new(StringComparer.Ordinal);

    public static PlatformCatalogue<AwsType> Current { get; } = PlatformCatalogue<AwsType>.Load(typeof(Catalogue).Assembly, "aws-catalogue.json");

    public static bool HandsOutAccess(string action) => Current.HandsOutAccess.Contains(action, StringComparer.Ordinal);

    /// <summary>Whether the action can be named on the type.</summary>
    public static bool Has(AwsType type, string action) =>
        type.Native.Contains(action, StringComparer.Ordinal) || type.Verbs.Values.Any(actions => actions.Contains(action, StringComparer.Ordinal));

    public static IReadOnlyList<string>? ActionsOf(Verb verb, AwsType type) => PlatformCatalogue<AwsType>.ActionsOf(verb, type);

    /// <summary>Whether all of the text has the form, and nothing in it means something in a policy.</summary>
    public static bool IsForm(string form, string text) =>
        !text.AsSpan().ContainsAny("*?$\"\\")
        && Forms.GetOrAdd(form, static of => new($"^(?:{of})\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))).IsMatch(text);
}
