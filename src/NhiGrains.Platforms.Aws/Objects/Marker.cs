using System.Globalization;
using NhiGrains.Platforms.Aws.Api;

namespace NhiGrains.Platforms.Aws.Objects;

/// <summary>
/// The ownership markers (promise 6). A principal of ours is under our path and has our tags. Inline policies have no tags: ours
/// have the name that only we give, and an <c>Id</c> inside that holds the identity and the generation which wrote them.
/// </summary>
internal static class Marker
{
    public const string Path = "/nhigrains/";
    public const string ManagedBy = "nhigrains:managed-by";
    public const string Us = "nhigrains";
    public const string Identity = "nhigrains:identity";

    public static IReadOnlyDictionary<string, string> TagsOf(string identityId) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { [ManagedBy] = Us, [Identity] = identityId };

    /// <summary>The identity that a principal of ours was made for; null when it is not ours.</summary>
    public static string? IdentityOf(IamPrincipal principal) =>
        principal.Path == Path
        && principal.Tags.TryGetValue(ManagedBy, out var manager) && manager == Us
        && principal.Tags.TryGetValue(Identity, out var identity)
            ? identity
            : null;

    /// <summary>An identity's id holds no dot, so a prefix of one is never a prefix of another.</summary>
    public static string PolicyPrefix(string identityId) => $"nhi.{identityId}.";

    public static string PolicyName(string identityId, int number) => string.Create(CultureInfo.InvariantCulture, $"{PolicyPrefix(identityId)}{number}");

    public static string PolicyId(string identityId, long generation) => string.Create(CultureInfo.InvariantCulture, $"nhi:{identityId}:{generation}");

    /// <summary>A policy that takes what sessions of ended grants have from them.</summary>
    /// <param name="which">What no other such policy has.</param>
    public static string EndedName(string identityId, string which) => $"{PolicyPrefix(identityId)}ended.{which}";

    /// <summary>Of any identity.</summary>
    public static bool IsEndedName(string policyName) => policyName.Split('.') is ["nhi", _, "ended", _];

    public static string EndedId(string identityId, DateTimeOffset until) =>
        string.Create(CultureInfo.InvariantCulture, $"nhi-ended:{identityId}:{until.ToUnixTimeSeconds()}");

    /// <summary>The identity whose policy it says it is, and the generation; null when it is not ours.</summary>
    public static (string Identity, long? Generation)? OwnerOf(string policyName, string? policyId)
    {
        if (policyName.Split('.') is not ["nhi", var named, var number] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return null;
        return policyId?.Split(':') is ["nhi", var identity, var generation] && identity == named
            ? (identity, long.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null)
            : null;
    }

    /// <summary>Until when a policy of ended sessions is needed; null when it is not one of ours.</summary>
    public static (string Identity, DateTimeOffset Until)? EndedOf(string policyName, string? policyId) =>
        policyName.Split('.') is ["nhi", var named, "ended", _]
        && policyId?.Split(':') is ["nhi-ended", var identity, var until] && identity == named
        && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? (identity, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;
}
