using System.Net;
using NhiGrains.Evidence;
using NhiGrains.Grains.Platforms;
using NhiGrains.Host.Authentication;
using NhiGrains.Platforms.Aws;
using NhiGrains.Platforms.Gcp;
using NhiGrains.Platforms.Postgres;

namespace NhiGrains.Host.Settings;

/// <summary>How one process is set up: checked, and complete.</summary>
internal sealed record HostSettings
{
    /// <summary>The folder of everything that this process keeps, made with mode 0700. Default: <c>.data</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary><c>embedded</c> (the default), or the URL of a Redis. May hold a password: never logged.</summary>
    public required string Store { get; init; }

    /// <summary>Use a Redis that loses acknowledged writes when it dies. Default: false.</summary>
    public required bool RedisWithoutAof { get; init; }

    /// <summary>Where this silo can be reached by others. Default: loopback on a free port, which suits a single silo.</summary>
    public required IPEndPoint Silo { get; init; }

    /// <summary>Start read-only on a store that lost something.</summary>
    public required bool Salvage { get; init; }

    /// <summary>Where the server listens. Default: <c>http://127.0.0.1:5000</c>.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>Null: the set that was applied last stays in force, and in a new store everything is denied.</summary>
    public required string? PolicyFile { get; init; }

    public required IReadOnlyList<ClusterSettings> Clusters { get; init; }

    public required IReadOnlyList<AwsPlatformOptions> Aws { get; init; }

    public required IReadOnlyList<GcpPlatformOptions> Gcp { get; init; }

    public required IReadOnlyList<PostgresPlatformOptions> Postgres { get; init; }

    /// <summary>The ids of all platforms, in the order in which to list them.</summary>
    public IReadOnlyList<string> Platforms =>
    [
        .. Aws.Select(account => account.Platform), .. Gcp.Select(project => project.Platform),
        .. Clusters.Select(cluster => cluster.Platform), .. Postgres.Select(server => server.Platform),
    ];

    public required SweepPeriods Sweeps { get; init; }

    /// <summary>Whose events are received. Default: nobody's.</summary>
    public required WebhookSettings Webhooks { get; init; }

    /// <summary>The systems that are told what is loud, by their names.</summary>
    public required IReadOnlyList<NotificationSink> Sinks { get; init; }

    public required TokenTrust Tokens { get; init; }

    /// <summary>Whose word counts as evidence. Default: nobody's, and evidence is refused.</summary>
    public IReadOnlyList<EvidenceTrust> Evidence { get; init; } = [];

    /// <summary>Null: http, or what the settings of the web server say.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Register the identities of the demo.</summary>
    public required bool Demo { get; init; }

    /// <summary>A record prints its members, and the store's URL may hold a password.</summary>
    public override string ToString() => $"settings of {DataFolder}";
}

/// <summary>The files with the secrets of those who send events, each for events of one kind; null: those are not received.</summary>
/// <param name="Hints">Of changes on platforms.</param>
/// <param name="People">Of people who leave and come back.</param>
/// <param name="Risk">Of what was noticed about identities.</param>
internal sealed record WebhookSettings(string? Hints, string? People, string? Risk);

/// <param name="Platform">The platform's id, <c>k8s:…</c>.</param>
/// <param name="Context">The context of the kubeconfig; null for its current one.</param>
internal sealed record ClusterSettings(string Platform, string Kubeconfig, string? Context);
