using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Reading;
using NhiGrains.Evidence.Spiffe;
using NhiGrains.Evidence.Tokens;

namespace NhiGrains.Evidence.Certificates;

/// <summary>The connection has shown that the client holds the key; here it is judged whose certificate that is, and whether it counts.</summary>
internal sealed class CertificateVerifier(CertificateTrust trust, X509Certificate2Collection authorities, TimeProvider time) : IEvidenceVerifier
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int Largest = 16 * 1024;

    public EvidenceTrust Trust => trust;

    public bool SaysToBeOf(PresentedEvidence presented)
    {
        using var certificate = Load(presented);
        return certificate is not null && authorities.Any(authority => authority.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData));
    }

    public string? DigestOf(PresentedEvidence presented)
    {
        using var certificate = Load(presented);
        try
        {
            return certificate is null ? null : CertificateNames.Digest(certificate);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    public Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation)
    {
        using var certificate = Load(presented);
        if (certificate is null)
            return Task.FromResult<Result<VerifiedEvidence>>(presented.Certificate is null ? EvidenceRefusals.NoCertificate : EvidenceRefusals.Malformed("it is no certificate"));
        try
        {
            return Task.FromResult(Check(certificate) is { } refusal ? refusal : Tell(certificate));
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException or InvalidOperationException)
        {
            return Task.FromResult<Result<VerifiedEvidence>>(EvidenceRefusals.Malformed("the certificate's names are not as RFC 5280 says"));
        }
    }

    private static X509Certificate2? Load(PresentedEvidence presented)
    {
        try
        {
            return presented.Certificate is { Length: > 0 and <= Largest } der ? X509CertificateLoader.LoadCertificate(der.Span) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private Refusal? Check(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        if (certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime)
            return EvidenceRefusals.Expired;
        if (certificate.NotBefore.ToUniversalTime() > (now + TokenTimes.Skew).UtcDateTime)
            return EvidenceRefusals.NotYet;
        // One without extended key usages would be good for everything.
        if (!certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(usages => usages.EnhancedKeyUsages.OfType<Oid>().Any(usage => usage.Value == ClientAuthentication))
            || certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority))
        {
            return EvidenceRefusals.Usage;
        }

        using var chain = new X509Chain { ChainPolicy = Authorities.Policy(authorities, trust.AskRevocation) };
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = Later(now.UtcDateTime, certificate.NotBefore.ToUniversalTime());
        return chain.Build(certificate) && !IsWeak(certificate) ? null : WhyNot(chain);
    }

    private Result<VerifiedEvidence> Tell(X509Certificate2 certificate)
    {
        var (uris, dns) = CertificateNames.AlternativeNames(certificate);
        // One SPIFFE ID is a name; two would leave open which.
        var spiffe = uris.Select(SpiffeId.Parse).OfType<SpiffeId>().ToArray() is [var only] && uris.Length == 1 ? only.Text : null;
        var subject = spiffe ?? (certificate.Subject.Length > 0 ? certificate.Subject : dns.FirstOrDefault());
        if (subject is not { Length: > 0 and <= ClaimBook.Longest })
            return EvidenceRefusals.Subject;
        var book = new ClaimBook(only: null);
        book.Add("subject", certificate.Subject.Length > 0 ? certificate.Subject : null);
        book.Add("issuer", certificate.Issuer);
        book.Add("serial", certificate.SerialNumber);
        book.Add("thumbprint", certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
        book.Add("spiffeId", spiffe);
        book.Add("uris", uris);
        book.Add("dns", dns);
        var claims = book.Close();
        return claims.Refusal is { } refusal
            ? refusal
            : new VerifiedEvidence(trust.Kind, trust.Name, subject, claims.Value, new(certificate.NotAfter.ToUniversalTime()), CertificateNames.Digest(certificate));
    }

    private static bool IsWeak(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        return rsa is { KeySize: < 2048 };
    }

    private static Refusal WhyNot(X509Chain chain)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return (status & (X509ChainStatusFlags.Revoked | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation)) != X509ChainStatusFlags.NoError
            && (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) == X509ChainStatusFlags.NoError
                ? EvidenceRefusals.Revoked
                : EvidenceRefusals.Untrusted;
    }

    // A certificate that was issued this second by a clock that is ahead is valid by then.
    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}
