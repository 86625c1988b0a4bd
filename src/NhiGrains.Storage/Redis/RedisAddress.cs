using System.Globalization;
using StackExchange.Redis;

namespace NhiGrains.Storage.Redis;

/// <summary>Reads <c>redis://[user:password@]host[:port][/database]</c>; <c>rediss</c> means TLS.</summary>
internal static class RedisAddress
{
    private const int DefaultPort = 6379;

    /// <exception cref="StoreRefusedException">With <see cref="StoreRefusal.BadOptions"/>; the message has no password.</exception>
    public static ConfigurationOptions Parse(string store, TimeSpan timeout)
    {
        if (!Uri.TryCreate(store, UriKind.Absolute, out var address)
            || address.Scheme is not ("redis" or "rediss")
            || address.Host.Length == 0
            || address.Query.Length > 0 || address.Fragment.Length > 0
            || !TryDatabase(address.AbsolutePath.Trim('/'), out var database))
            throw new StoreRefusedException(
                StoreRefusal.BadOptions,
                "The store is named in a way that is not understood.",
                "Use 'embedded', or redis://[user:password@]host[:port][/database], or rediss://… for TLS.");
        var patience = (int)timeout.TotalMilliseconds;
        var credentials = address.UserInfo.Split(':', 2);
        return new()
        {
            EndPoints = { { address.IdnHost, address.IsDefaultPort || address.Port < 0 ? DefaultPort : address.Port } },
            User = credentials is [{ Length: > 0 } user, _] ? Uri.UnescapeDataString(user) : null,
            Password = credentials is [_, var password] ? Uri.UnescapeDataString(password) : null,
            Ssl = address.Scheme == "rediss",
            SslHost = address.Scheme == "rediss" ? address.IdnHost : null,
            DefaultDatabase = database,
            AbortOnConnectFail = true,
            // A command that cannot be sent now fails now: nobody shall wait for something that is not known to be on its way.
            BacklogPolicy = BacklogPolicy.FailFast,
            // INFO counts as an administrator's command for the client library.
            AllowAdmin = true,
            ConnectTimeout = patience,
            SyncTimeout = patience,
            AsyncTimeout = patience,
        };
    }

    private static bool TryDatabase(string text, out int database)
    {
        database = 0;
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out database);
    }
}
