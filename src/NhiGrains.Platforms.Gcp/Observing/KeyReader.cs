using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>
/// The keys that people made for an account, uploaded ones as well; Google's own, which it changes by itself, are not asked for. Keys
/// are listed an account at a time, so that one is observed without reading those of all.
/// </summary>
internal sealed class KeyReader(GcpPlatformOptions options, GoogleServices google)
{
    public Task<IReadOnlyList<ServiceAccountKey>> ReadAsync(AccountEmail account, CancellationToken cancellation) =>
        ReadAsync(google, account.NameIn(options.ProjectId), cancellation);

    /// <param name="account">Its name, by its address or its id.</param>
    public static async Task<IReadOnlyList<ServiceAccountKey>> ReadAsync(GoogleServices google, string account, CancellationToken cancellation)
    {
        var doing = $"list the keys of {account}";
        var keys = (await google.Iam.ListUserManagedKeys(account).FindAsync(doing, cancellation))?.Keys ?? [];
        return keys.All(key => key?.Name is { Length: > 0 }) ? [.. keys] : throw ApiFailures.Unavailable(doing, "one has no name");
    }
}
