using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Evidence.Certificates;

/// <summary>
/// An authority whose client certificates say who connects. One that issues only to keys that a TPM attested is a trust of its own:
/// its name then says so to policy.
/// </summary>
public sealed record CertificateTrust : EvidenceTrust
{
    public override EvidenceKind Kind => EvidenceKind.ClientCertificate;

    /// <summary>PEM file with the authority's own certificate, and those between it and the clients', which are taken from nowhere else.</summary>
    public required string CaFile { get; init; }

    /// <summary>
    /// Ask the authority whether a certificate was revoked, at the address that the certificate names. Default: false, and certificates are
    /// to be short-lived; asking calls an address over the network and refuses when there is no answer.
    /// </summary>
    public bool AskRevocation { get; init; }

    internal override IEnumerable<string> Problems() => [];

    internal override Func<IServiceProvider, IEvidenceVerifier> Prepare()
    {
        var authorities = Authorities.Load(Name, CaFile);
        return services => new CertificateVerifier(this, authorities, services.GetRequiredService<TimeProvider>());
    }
}
