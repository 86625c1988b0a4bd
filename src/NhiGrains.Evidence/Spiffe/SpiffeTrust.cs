using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Keys;

namespace NhiGrains.Evidence.Spiffe;

/// <summary>A SPIFFE trust domain, whose JWT-SVIDs say which workload it is.</summary>
public sealed record SpiffeTrust : BearerTrust
{
    /// <summary>Bundles have other keys too, for X.509.</summary>
    private static readonly string?[] Uses = ["jwt-svid"];

    public override EvidenceKind Kind => EvidenceKind.SpiffeSvid;

    /// <summary>For example <c>prod.example.com</c>.</summary>
    public required string TrustDomain { get; init; }

    /// <summary>The trust bundle as a file, which something else keeps up to date. Either this or <see cref="BundleAddress"/>.</summary>
    public string? BundleFile { get; init; }

    /// <summary>Where the bundle is to be had: an https URL (the profile <c>https_web</c> of SPIFFE Federation).</summary>
    public Uri? BundleAddress { get; init; }

    /// <summary>PEM file of the authorities that its server's certificate may be of. Default: those of the operating system.</summary>
    public string? CaFile { get; init; }

    public KeyCacheOptions KeyCache { get; init; } = new();

    internal override IEnumerable<string> Problems()
    {
        if (!SpiffeId.IsTrustDomain(TrustDomain))
            yield return "'trustDomain' has lower-case letters, digits, '.', '-' and '_'";
        if (BundleFile is null == BundleAddress is null)
            yield return "it needs either 'bundleFile' or 'bundle'";
        if (BundleAddress is not null && !KeyCaches.IsSafe(BundleAddress))
            yield return "'bundle' is an https URL (http on loopback)";
        foreach (var problem in base.Problems().Concat(KeyCache.Problems()))
            yield return problem;
    }

    internal override Func<IServiceProvider, IEvidenceVerifier> Prepare()
    {
        var server = new KeyServer(Name, CaFile);
        return services => new SpiffeVerifier(this, KeyCaches.Over(server, cancellation => FetchAsync(server, cancellation), Name, KeyCache, services), services.GetRequiredService<TimeProvider>());
    }

    private async Task<Result<KeySet>> FetchAsync(KeyServer server, CancellationToken cancellation)
    {
        var bundle = BundleAddress is { } address ? await server.GetAsync(address, cancellation) : await ReadAsync(BundleFile ?? "", cancellation);
        return bundle.Refusal is { } refusal ? refusal : KeySet.Read(bundle.Value, Uses);
    }

    private static async Task<Result<byte[]>> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return new FileInfo(file).Length <= KeyServer.LargestAnswer ? await File.ReadAllBytesAsync(file, cancellation) : KeyServer.Failed("the bundle's file is too large");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return KeyServer.Failed("the bundle's file cannot be read");
        }
    }
}
