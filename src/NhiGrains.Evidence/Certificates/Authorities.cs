using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NhiGrains.Evidence.Certificates;

/// <summary>Certificate authorities from a file, beside which none of the operating system counts.</summary>
internal static class Authorities
{
    /// <exception cref="ArgumentException">There is no such file, or no authority's own certificate is in it.</exception>
    public static X509Certificate2Collection Load(string trust, string file)
    {
        var bundle = new X509Certificate2Collection();
        try
        {
            bundle.ImportFromPemFile(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ArgumentException($"The file {file} of the trust '{trust}' holds no certificates that can be read.", nameof(file), unreadable);
        }

        return bundle.Any(IsRoot) ? bundle : throw new ArgumentException($"The file {file} of the trust '{trust}' holds no certificate of an authority that signed itself.", nameof(file));
    }

    /// <summary>
    /// No certificate is fetched from an address that a certificate names, and nobody is asked about revocation, unless that is said:
    /// whoever presents a certificate would choose whom we call.
    /// </summary>
    public static X509ChainPolicy Policy(X509Certificate2Collection bundle, bool askRevocation = false)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = askRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            UrlRetrievalTimeout = TimeSpan.FromSeconds(5),
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(bundle.Where(IsRoot).ToArray());
        policy.ExtraStore.AddRange(bundle.Where(certificate => !IsRoot(certificate)).ToArray());
        return policy;
    }

    private static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
