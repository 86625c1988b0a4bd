using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain;

namespace NhiGrains.Evidence.Keys;

internal static class KeyCaches
{
    /// <summary>A cache over whatever publishes the keys; it owns the server.</summary>
    public static KeyCache Over(KeyServer server, Func<CancellationToken, Task<Result<KeySet>>> fetch, string trust, KeyCacheOptions options, IServiceProvider services) =>
        new(trust, server, fetch, options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<KeyCache>>());

    /// <summary>Where keys may be fetched: nobody on the way can put others in their place.</summary>
    public static bool IsSafe(Uri? address) => address is { IsAbsoluteUri: true, UserInfo.Length: 0, Fragment.Length: 0 }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
