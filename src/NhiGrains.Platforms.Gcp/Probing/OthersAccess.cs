using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Probing;

/// <summary>
/// What an account has from others than us, so that nobody expects a 'no' where they say yes. Their conditions are not evaluated, and
/// a role that cannot be read may give anything: then it is said that it was not asked.
/// </summary>
internal sealed class OthersAccess(GcpPlatformOptions options, Snapshot snapshot, AccountEmail account, string identityId)
{
    private readonly (Seen Seen, string Key)[] _given =
    [
        .. ObservedObjects.Bindings(snapshot, account, identityId)
            .Where(one => one.Object.Ownership != Ownership.Ours)
            .Select(one => (one.Seen, one.Object.Object.Key)),
    ];

    /// <summary>The binding that gives, or may give, an access; null when none does.</summary>
    public string? Source(Question question)
    {
        var places = question.Places(options);
        return _given
            .Where(given => places.Contains(given.Seen.Place))
            .Where(given => snapshot.PermissionsOf(given.Seen.Role)?.Contains(question.Permission, StringComparer.Ordinal) != false)
            .Select(given => given.Key)
            .FirstOrDefault();
    }
}
