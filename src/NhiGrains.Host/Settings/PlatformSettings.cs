using System.Globalization;
using NhiGrains.Platforms.Aws;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Platforms.Gcp;
using NhiGrains.Platforms.Postgres;

namespace NhiGrains.Host.Settings;

/// <summary>The platforms besides clusters: <c>aws.NAME</c>, <c>gcp.NAME</c> and <c>postgres.NAME</c>, each with keys of its own.</summary>
internal static class PlatformSettings
{
    public const string Aws = "aws";
    public const string Gcp = "gcp";
    public const string Postgres = "postgres";

    private const string Endpoint = "endpoint";
    private const string CallsPerSecond = "callsPerSecond";

    /// <summary>What a platform of each kind may say.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Keys { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase)
    {
        [Aws] = ["account", "region", "trustedPrincipal", "accessKeyId", "secretAccessKeyFile", Endpoint, CallsPerSecond],
        [Gcp] = ["project", "projectNumber", "services", "runRegions", "accessTokenFile", Endpoint, CallsPerSecond],
        [Postgres] = ["connection", "connectionFile", "databases"],
    };

    public static IReadOnlyList<AwsPlatformOptions> ReadAws(IConfiguration from) => Read(from, Aws, "aws", section =>
    {
        var defaults = new AwsPlatformOptions { Platform = "aws:x", AccountId = "" };
        return new AwsPlatformOptions
        {
            Platform = section.Platform,
            AccountId = section.Required("account"),
            Region = section.Text("region") ?? defaults.Region,
            TrustedPrincipalArn = section.Text("trustedPrincipal"),
            Credentials = section.Text("accessKeyId") is { } id ? new(id, section.SecretIn("secretAccessKeyFile") ?? throw section.Missing("secretAccessKeyFile")) : null,
            Endpoint = section.Address(Endpoint),
            Budget = section.Budget(defaults.Budget),
        };
    });

    public static IReadOnlyList<GcpPlatformOptions> ReadGcp(IConfiguration from) => Read(from, Gcp, "gcp", section =>
    {
        var defaults = new GcpPlatformOptions { Platform = "gcp:x", ProjectId = "" };
        return new GcpPlatformOptions
        {
            Platform = section.Platform,
            ProjectId = section.Required("project"),
            ProjectNumber = section.Text("projectNumber"),
            Services = section.List("services") ?? defaults.Services,
            RunRegions = section.List("runRegions") ?? defaults.RunRegions,
            AccessToken = section.SecretIn("accessTokenFile"),
            Endpoint = section.Address(Endpoint),
            Budget = section.Budget(defaults.Budget),
        };
    });

    public static IReadOnlyList<PostgresPlatformOptions> ReadPostgres(IConfiguration from) => Read(from, Postgres, "pg", section => new PostgresPlatformOptions
    {
        Platform = section.Platform,
        ConnectionString = section.SecretIn("connectionFile") ?? section.Text("connection") ?? throw section.Missing("connection"),
        Databases = section.List("databases") ?? throw section.Missing("databases"),
    });

    private static T[] Read<T>(IConfiguration from, string kind, string scheme, Func<PlatformSection, T> read) =>
        // Names of environment variables are upper case; a platform's id never is.
        [.. from.GetSection(kind).GetChildren().Select(child => read(new(child, kind, $"{scheme}:{child.Key.ToLowerInvariant()}")))];
}

/// <summary>The settings of one platform.</summary>
internal sealed class PlatformSection(IConfigurationSection section, string kind, string platform)
{
    public string Platform => platform;

    public string? Text(string key) => section[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public string Required(string key) => Text(key) ?? throw Missing(key);

    public SetupException Missing(string key) => new($"The platform '{platform}' needs '{kind}:{section.Key}:{key}'.");

    /// <summary>A list, or a text with commas between.</summary>
    public IReadOnlyList<string>? List(string key) =>
        section.GetSection(key).GetChildren().Select(child => child.Value ?? "").ToArray() is { Length: > 0 } items ? items
        : Text(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The content of a file, which no message repeats.</summary>
    public string? SecretIn(string key)
    {
        if (Text(key) is not { } path)
            return null;
        try
        {
            return File.ReadAllText(Path.GetFullPath(path)).Trim() is { Length: > 0 } secret ? secret : throw new SetupException($"The file {path} ('{key}' of '{platform}') is empty.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"The file {path} ('{key}' of '{platform}') cannot be read.");
        }
    }

    public Uri? Address(string key) => Text(key) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw new SetupException($"'{key}' of '{platform}' is an http or https address, not '{text}'.");

    public CallBudgetOptions Budget(CallBudgetOptions usual) => Text("callsPerSecond") is not { } text ? usual
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) ? usual with { CallsPerSecond = rate }
        : throw new SetupException($"'callsPerSecond' of '{platform}' is a number, not '{text}'.");
}
