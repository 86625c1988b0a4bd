namespace NhiGrains.Host.Settings;

/// <summary>The names of settings in files and in the environment; upper and lower case are the same.</summary>
internal static class SettingKeys
{
    public const string Data = "data";
    public const string Store = "store";
    public const string Silo = "silo";
    public const string Salvage = "salvage";
    public const string RedisWithoutAof = "redisWithoutAof";
    public const string Urls = "urls";
    public const string Policy = "policy";
    public const string Clusters = "clusters";
    public const string Demo = "demo";
    public const string SweepEvery = "sweepEvery";
    public const string Sweeps = "sweeps";
    public const string Webhooks = "webhooks";
    public const string SecretsFile = "secretsFile";
    public const string PeopleSecretsFile = "peopleSecretsFile";
    public const string RiskSecretsFile = "riskSecretsFile";
    public const string Tokens = "tokens";
    public const string Evidence = "evidence";
    public const string Tls = "tls";

    public const string Authority = "authority";
    public const string Audience = "audience";
    public const string RolesClaim = "rolesClaim";
    public const string IdentityClaim = "identityClaim";
    public const string KeyFile = "keyFile";

    /// <summary>Certificates and limits of the web server, in the form that ASP.NET Core documents.</summary>
    public const string Kestrel = "kestrel";

    /// <summary>Log levels, likewise.</summary>
    public const string Logging = "logging";

    public static IReadOnlyList<string> All { get; } = [Data, Store, RedisWithoutAof, Silo, Salvage, Urls, Policy, Clusters, .. PlatformSettings.Keys.Keys, SweepEvery, Sweeps, Webhooks, NotificationSettings.Section, Demo, Tokens, Evidence, Tls, Kestrel, Logging];

    public static IReadOnlyList<string> OfWebhooks { get; } = [SecretsFile, PeopleSecretsFile, RiskSecretsFile];

    public static IReadOnlyList<string> OfTokens { get; } = [Authority, Audience, RolesClaim, IdentityClaim, KeyFile];
}
