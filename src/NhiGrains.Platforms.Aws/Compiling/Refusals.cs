using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>What AWS cannot say, or what is not given on it, each with what to do instead.</summary>
internal static class Refusals
{
    public static Refusal Principal { get; } = new(
        "INVALID_PRINCIPAL", "A principal on AWS is 'role/<name>' or 'user/<name>' with 1 to 64 letters, digits and '_+=,.@-'.",
        "Give for example 'role/billing'.", "bindings");

    public static Refusal MalformedNativeAction { get; } = new(
        "INVALID_NATIVE_ACTION", "A native action on AWS is 'aws:<service>:<action>'.", "Give for example 'aws:s3:GetObjectVersion'.", "nativeActions");

    public static Refusal OtherPlatform(string asked, string here) => new(
        "WRONG_PLATFORM", $"The entitlement is for '{asked}' and not for '{here}'.", "Send it to the platform that it names.", "platform");

    public static Refusal UnknownType(string type) => new(
        "UNKNOWN_RESOURCE_TYPE", $"There is no resource type '{Shown(type)}' on AWS.",
        $"The nearest are {NearestNames.To(type, Catalogue.Current.Types.Select(known => known.Type))}.", "resources");

    public static Refusal NotOffered(Verb verb, AwsType type) => new(
        "VERB_NOT_OFFERED", $"'{type.Type}' does not offer {VerbWords.Of(verb).ToUpperInvariant()}.",
        $"Use one of: {string.Join(", ", type.Verbs.Keys.Select(offer => offer.ToUpperInvariant()))}.", "verbs");

    public static Refusal NoContainer(AwsType type) => new(
        "CONTAINER_NOT_EMPTY", $"'{type.Type}' belongs to the account itself.", "Leave the container empty.", "resources");

    public static Refusal BucketRequired(AwsType type) => new(
        "BUCKET_REQUIRED", $"The container of '{type.Type}' is the bucket's name.", "Give for example 'orders-prod'.", "resources");

    public static Refusal RegionRequired(AwsType type) => new(
        "REGION_REQUIRED", $"The container of '{type.Type}' is a region.", "Give for example 'eu-central-1'.", "resources");

    public static Refusal MalformedName(AwsType type) => new(
        "MALFORMED_RESOURCE", $"That is no name of '{type.Type}'; ARNs, other accounts and '*', '?', '$' are not accepted. {type.Hint}".TrimEnd(),
        $"Give for example '{type.Example}'.", "resources");

    public static Refusal MalformedPrefix(AwsType type) => new(
        "MALFORMED_RESOURCE", $"That is no prefix of '{type.Type}'. {type.Hint}".TrimEnd(), "End the prefix at a separator, or name each resource.", "resources");

    public static Refusal ExactOnly(AwsType type) => new(
        "NAME_REQUIRED", $"'{type.Type}' hands out access and is given by name alone.", "Name each one.", "resources");

    public static Refusal ListShowsNeighbours(AwsType type) => new(
        "LIST_SHOWS_NEIGHBOURS", $"A listing of '{type.Type}' by one name shows every name that begins like it.",
        "Ask for LIST of a prefix or of all, or only for READ of the name.", "verbs");

    public static Refusal TagsUnknown(string action, AwsType type) => new(
        "CONDITION_NOT_SUPPORTED", $"AWS does not know the tags of '{type.Type}' when it authorizes {action}.",
        "Name the resources instead of 'resourceTagEquals'.", "conditions.resourceTagEquals");

    public static Refusal MalformedTag { get; } = new(
        "MALFORMED_TAG", "A tag's key is 1 to 128 and its value 0 to 256 of letters, digits, blanks and '_.:/=+-@'.", "Give a tag that AWS accepts.", "conditions.resourceTagEquals");

    public static Refusal MalformedCidr { get; } = new(
        "INVALID_CIDR", "A source is a network in CIDR notation (RFC 4632).", "Give for example '10.0.0.0/8'.", "conditions.sourceCidrs");

    public static Refusal UnknownNativeAction(string action) => new(
        "INVALID_NATIVE_ACTION", $"There is no native action '{Shown(action)}' in the catalogue.",
        $"The nearest are {NearestNames.To(action, Catalogue.Current.Actions)}.", "nativeActions");

    public static Refusal HandsOutAccess(string action) => new(
        "HANDS_OUT_ACCESS", $"'{action}' hands out access and is not given.", "Name the actions that are needed.", "nativeActions");

    public static Refusal ActionWithoutResource(string action, IEnumerable<string> types) => new(
        "ACTION_WITHOUT_RESOURCE", $"'{action}' is about {string.Join(" or ", types)}, which no resource of the entitlement is.", "Name a resource of that type.", "nativeActions");

    public static Refusal SessionsOutlastTheEnd(TimeSpan by) => new(
        "END_NOT_NATIVE", $"A session of the role lasts up to {by.TotalHours:F0} h, beyond the end of the permission to assume it, and the policy does not consent to that.",
        "Ask for it without an end, or for a policy rule that allows a controller-enforced end on this platform.", "conditions");

    public static Refusal PassedRoleHasNoEnd { get; } = new(
        "PASSED_ROLE_HAS_NO_END", "What a role was passed to keeps it when the permission to pass it has ended.", "Ask for iam:PassRole as standing access.", "nativeActions");

    public static Refusal TooLarge(int length, int limit, PrincipalKindText kind) => new(
        "POLICY_TOO_LARGE", $"The policy has {length} characters, and {limit} are free for it in the inline policies of a {kind.Word} ({kind.Limit} in total).",
        "Use prefixes in place of names, or bind the identity to a second principal.", "resources");

    /// <summary>Input is repeated in a bounded length.</summary>
    private static string Shown(string input) => input.Length <= 80 ? input : input[..80] + "…";
}

/// <param name="Limit">Characters of all inline policies together, white space left out.</param>
internal sealed record PrincipalKindText(string Word, int Limit);
