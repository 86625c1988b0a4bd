namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>Where one process keeps what it knows, and how it finds the rest.</summary>
/// <param name="Data">The data folder; outlives the process.</param>
/// <param name="Kubeconfig">For the platform <c>k8s:test</c>.</param>
internal sealed record HostPlace(string Data, string Kubeconfig, string Policy)
{
    /// <summary>As <c>--store</c>.</summary>
    public string Store { get; init; } = "embedded";

    /// <summary>As <c>--silo</c>. Null: the default.</summary>
    public string? Silo { get; init; }

    /// <summary>The key that signs tokens, which the silos of a cluster share. Null: one of its own.</summary>
    public string? KeyFile { get; init; }

    /// <summary>As <c>--config</c>. Null: none.</summary>
    public string? Config { get; init; }

    public IEnumerable<string> ServeArguments =>
    [
        "serve", "--data", Data, "--store", Store, "--policy", Policy, "--kubernetes", $"test={Kubeconfig}",
        .. Config is null ? Array.Empty<string>() : ["--config", Config],
        .. Silo is null ? Array.Empty<string>() : ["--silo", Silo],
    ];

    public IReadOnlyDictionary<string, string> Environment => KeyFile is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal) { ["NHIGRAINS_TOKENS__KEYFILE"] = KeyFile };
}
