using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Keys;

namespace NhiGrains.Evidence.Kubernetes;

/// <summary>A cluster, asked about each token: it knows whether the pod and the account are still there.</summary>
public sealed record KubernetesTrust : BearerTrust
{
    public override EvidenceKind Kind => EvidenceKind.KubernetesToken;

    /// <summary>The address of the cluster's API: https, or http on loopback.</summary>
    public required Uri Api { get; init; }

    /// <summary>
    /// A file with the token of an account that may create TokenReviews (the role <c>system:auth-delegator</c>); read for each question, since
    /// a cluster replaces it.
    /// </summary>
    public required string CredentialFile { get; init; }

    /// <summary>PEM file of the authorities that the API's certificate may be of. Default: those of the operating system.</summary>
    public string? CaFile { get; init; }

    internal override IEnumerable<string> Problems()
    {
        if (!KeyCaches.IsSafe(Api) || Api.Query.Length > 0)
            yield return "'api' is an https URL (http on loopback)";
        if (!File.Exists(CredentialFile))
            yield return "'credentialFile' is no file";
        foreach (var problem in base.Problems())
            yield return problem;
    }

    internal override Func<IServiceProvider, IEvidenceVerifier> Prepare()
    {
        var server = new KeyServer(Name, CaFile);
        return services => new KubernetesVerifier(this, new TokenReviews(this, server, services.GetRequiredService<ILogger<TokenReviews>>()), services.GetRequiredService<TimeProvider>());
    }
}
