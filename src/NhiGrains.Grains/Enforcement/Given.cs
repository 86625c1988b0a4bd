using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Grains.Enforcement;

/// <summary>Which entitlements may be on the platform, by digest: whether an attempt takes access away decides how long it waits.</summary>
internal static class Given
{
    // Of one identity; only how long an attempt waits depends on it.
    private const int MaxKept = 1_000;

    private const int DigestLength = 16;

    /// <summary>Whether there may be something that is no longer wanted.</summary>
    public static bool Exceeds(this EnforcementState state, DesiredState desired) =>
        desired.EndingCredentials.Count > 0 || !desired.PrincipalWanted || state.Given.Except(Of(desired), StringComparer.Ordinal).Any();

    public static string[] Of(DesiredState desired) =>
        [.. desired.Entitlements.Select(one => Canonical.Digest(one.Entitlement)[..DigestLength]).Distinct(StringComparer.Ordinal)];

    /// <summary>After an attempt that failed: what was there may still be, and what was to come may have.</summary>
    public static string[] OrOf(this string[] given, DesiredState desired) => [.. Of(desired).Union(given, StringComparer.Ordinal).Take(MaxKept)];
}
