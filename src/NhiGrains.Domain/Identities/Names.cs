using System.Text.RegularExpressions;

namespace NhiGrains.Domain.Identities;

/// <summary>
/// The names that travel into platforms' labels and paths. The grammar is the strictest of the platforms' (a Kubernetes
/// label value, RFC 1123), so that no name ever needs escaping.
/// </summary>
public static partial class Names
{
    /// <summary>Of an owner's person and of its team, in UTF-16 code units.</summary>
    public const int MaxOwnerLength = 200;

    /// <summary>Of who asks, in UTF-16 code units: as long as a subject of OpenID Connect, and an identity's name beside it.</summary>
    public const int MaxActorLength = 255;

    /// <summary>In UTF-16 code units: reasons go into audit entries, whose lines are bounded.</summary>
    public const int MaxReasonLength = 1_000;

    public static Refusal? CheckReason(string reason) => reason.Length > MaxReasonLength
        ? new("REASON_TOO_LONG", $"A reason has at most {MaxReasonLength} characters.", "Shorten it, or refer to a ticket.", "reason")
        : null;

    internal static bool IsDnsLabel(string? name) => name is not null && DnsLabel().IsMatch(name);

    public static Refusal? CheckIdentityId(string? id) =>
        id is not null && DnsLabel().IsMatch(id)
            ? null
            : new("INVALID_IDENTITY_ID", "An identity's id is 1 to 63 lower-case letters, digits and '-', and starts and ends with a letter or digit.",
                "Choose an id such as 'billing-worker'.", "id");

    public static Refusal? CheckPlatformId(string? id) =>
        id is not null && Platform().IsMatch(id)
            ? null
            : new("INVALID_PLATFORM_ID", "A platform's id is '<connector>:<name>', for example 'k8s:staging'.",
                "Use one of the ids that the query 'platforms' lists.", "platform");

    public static Refusal? CheckProfile(IdentityProfile profile)
    {
        if (string.IsNullOrWhiteSpace(profile.Owner.Person) || string.IsNullOrWhiteSpace(profile.Owner.Team))
            return new("OWNER_REQUIRED", "An identity has an accountable person and a team.", "Name both.", "owner");
        if (profile.Owner.Person.Length > MaxOwnerLength || profile.Owner.Team.Length > MaxOwnerLength)
            return new("OWNER_TOO_LONG", $"An owner's person and team have at most {MaxOwnerLength} characters each.", "Shorten them.", "owner");
        if (!DnsLabel().IsMatch(profile.Environment))
            return new("INVALID_ENVIRONMENT", "An environment is a lower-case word such as 'production'.", "Name the environment.", "environment");
        if (profile.Tags.Count > 50 || profile.Tags.Any(tag => !Tag().IsMatch(tag.Key) || tag.Value.Length > 256))
            return new("INVALID_TAGS", "At most 50 tags; a key is 1 to 63 of [A-Za-z0-9._-], a value at most 256 characters.", "Shorten the tags.", "tags");
        if (profile.Bindings.GroupBy(binding => binding.Platform, StringComparer.Ordinal).Any(group => group.Count() > 1))
            return new("DUPLICATE_BINDING", "An identity is bound to at most one principal on a platform.", "Register a second identity.", "bindings");
        return profile.Bindings.Select(binding => CheckPlatformId(binding.Platform)).FirstOrDefault(refusal => refusal is not null);
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DnsLabel();

    [GeneratedRegex("^[a-z0-9]{1,16}:[a-z0-9]([-a-z0-9]{0,45}[a-z0-9])?\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Platform();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,63}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
