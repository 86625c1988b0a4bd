using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>
/// The keys that people made for an account, uploaded ones as well; Google's own, which it changes by itself, are not asked for. Keys
/// are listed an account at a time, so that one is observed without reading those of all.
/// </summary>
internal sealed class KeyReader(GcpPlatformOptions options, GoogleServices google)
{
    public async Task<IReadOnlyList<ServiceAccountKey>> ReadAsync(AccountEmail account, CancellationToken cancellation)
    {
        var doing = $"list the keys of {account}";
        var keys = (await google.Iam.ListUserManagedKeys(account.NameIn(options.ProjectId)).FindAsync(doing, cancellation))?.Keys ?? [];
        return keys.All(key => key?.Name is { Length: > 0 }) ? [.. keys] : throw ApiFailures.Unavailable(doing, "one has no name");
    }
}
