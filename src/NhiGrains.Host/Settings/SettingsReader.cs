using NhiGrains.Domain.Identities;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Settings;

/// <summary>Turns gathered settings into checked ones.</summary>
internal static class SettingsReader
{
    public const string DefaultUrl = "http://127.0.0.1:5000";
    public const string EmbeddedStore = "embedded";

    /// <exception cref="SetupException">One of them is wrong; the message says which, and what to write instead.</exception>
    public static HostSettings Read(IConfiguration from)
    {
        var data = Path.GetFullPath(Text(from, SettingKeys.Data) ?? ".data");
        var urls = Urls(Text(from, SettingKeys.Urls) ?? DefaultUrl);
        return new()
        {
            DataFolder = data,
            Store = Store(Text(from, SettingKeys.Store) ?? EmbeddedStore),
            RedisWithoutAof = Flag(from, SettingKeys.RedisWithoutAof),
            Silo = SiloAddress.Parse(Text(from, SettingKeys.Silo)),
            Salvage = Flag(from, SettingKeys.Salvage),
            Urls = urls,
            PolicyFile = Text(from, SettingKeys.Policy) is { } policy ? Path.GetFullPath(policy) : null,
            Clusters = [.. from.GetSection(SettingKeys.Clusters).GetChildren().Select(Cluster)],
            Aws = PlatformSettings.ReadAws(from),
            Gcp = PlatformSettings.ReadGcp(from),
            Postgres = PlatformSettings.ReadPostgres(from),
            Sweeps = SweepSettings.Read(from),
            Webhooks = Webhooks(from.GetSection(SettingKeys.Webhooks)),
            Sinks = NotificationSettings.Read(from),
            Tokens = Tokens(from.GetSection(SettingKeys.Tokens), data),
            Evidence = EvidenceSettings.Read(from),
            Tls = TlsSettings.Read(from.GetSection(SettingKeys.Tls), urls),
            Demo = Flag(from, SettingKeys.Demo),
        };
    }

    private static string? Text(IConfiguration from, string key) => from[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static bool Flag(IConfiguration from, string key) => Text(from, key) switch
    {
        null => false,
        var text when bool.TryParse(text, out var flag) => flag,
        var text => throw new SetupException($"'{key}' is true or false, not '{text}'."),
    };

    // The URL may hold a password, so no message repeats it.
    private static string Store(string text)
    {
        if (text != EmbeddedStore && (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0))
            throw new SetupException("The store is 'embedded', or the URL of a Redis: redis://[user:password@]host[:port], with TLS rediss://.");
        return text;
    }

    private static Uri[] Urls(string text) => [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Url)];

    private static Uri Url(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/" || url.UserInfo.Length > 0)
            throw new SetupException($"'{text}' is no URL to listen on; write it as {DefaultUrl}, several with ';' between.");
        return url;
    }

    private static ClusterSettings Cluster(IConfigurationSection section)
    {
        // Names of environment variables are upper case; a platform's id never is.
        var platform = $"k8s:{section.Key.ToLowerInvariant()}";
        if (Names.CheckPlatformId(platform) is { } refusal)
            throw new SetupException($"'{section.Key}' is no name for a cluster: {refusal.Message}");
        var (path, context) = (section.Value ?? "").Split('#', 2) is [var left, var right] ? (left, right) : (section.Value ?? "", null);
        if (path.Length == 0 || context?.Length == 0)
            throw new SetupException($"The cluster '{section.Key}' needs a kubeconfig: NAME=PATH or NAME=PATH#CONTEXT.");
        path = Path.GetFullPath(path);
        return File.Exists(path)
            ? new(platform, path, context)
            : throw new SetupException($"There is no kubeconfig {path} for the cluster '{section.Key}'.");
    }

    private static WebhookSettings Webhooks(IConfigurationSection from)
    {
        return new(PathOf(SettingKeys.SecretsFile), PathOf(SettingKeys.PeopleSecretsFile), PathOf(SettingKeys.RiskSecretsFile));

        string? PathOf(string key) => Text(from, key) is { } file ? Path.GetFullPath(file) : null;
    }

    private static TokenTrust Tokens(IConfigurationSection from, string data)
    {
        var defaults = new TokenTrust { KeyFile = Path.Combine(data, "signing-key.pem") };
        return new()
        {
            Authority = Text(from, SettingKeys.Authority) is { } authority ? Authority(authority) : null,
            Audience = Text(from, SettingKeys.Audience) ?? defaults.Audience,
            RolesClaim = Text(from, SettingKeys.RolesClaim) ?? defaults.RolesClaim,
            IdentityClaim = Text(from, SettingKeys.IdentityClaim) ?? defaults.IdentityClaim,
            KeyFile = Text(from, SettingKeys.KeyFile) is { } file ? Path.GetFullPath(file) : defaults.KeyFile,
        };
    }

    private static Uri Authority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
            ? url
            : throw new SetupException($"'{text}' is no issuer of tokens: an https URL is needed.");
}
