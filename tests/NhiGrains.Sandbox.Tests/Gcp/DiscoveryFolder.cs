using NhiGrains.Sandbox.Gcp.Discovery;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>Where Google's discovery documents are: test.sh may say so, and otherwise the cache of their script has them.</summary>
internal static class DiscoveryFolder
{
    private static readonly Lazy<DiscoveryDocuments> Loaded = new(() => DiscoveryDocuments.Load(Locate()));

    public static DiscoveryDocuments Documents => Loaded.Value;

    public static string Locate()
    {
        var folder = Environment.GetEnvironmentVariable("NHIGRAINS_GOOGLE_DISCOVERY") is { Length: > 0 } named ? named : Path.Combine(Cache(), "google-discovery");
        return File.Exists(Path.Combine(folder, "iam.v1.json")) ? folder : throw new InvalidOperationException(
            $"There are no discovery documents of Google's in {folder}: run deploy/dev/google-discovery.sh and do as it says.");
    }

    private static string Cache() => Environment.GetEnvironmentVariable("NHIGRAINS_TARGETS") is { Length: > 0 } targets ? targets
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "nhigrains",
            "targets");
}
