using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NhiGrains.Domain.Evidence;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Composition;

/// <summary>The server's certificate, and clients' certificates where they can be evidence.</summary>
internal static class TlsSetup
{
    /// <exception cref="SetupException">The certificate or its key cannot be used.</exception>
    public static void UseNhiTls(this IWebHostBuilder web, HostSettings settings)
    {
        // Browsers ask their users for a certificate when a server would take one, so it is not taken for nothing.
        var takesClients = !settings.Salvage && settings.Evidence.Any(trust => trust.Kind == EvidenceKind.ClientCertificate);
        var (certificate, chain) = settings.Tls is { } tls ? Load(tls) : (null, null);
        web.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            if (certificate is not null)
                (https.ServerCertificate, https.ServerCertificateChain) = (certificate, chain);
            if (takesClients)
                TakeClients(https);
        }));
    }

    // The handshake shows that the client holds the key. Whose certificate it is, is judged when it is brought as evidence; it
    // authenticates nobody. Nothing is fetched from addresses that it names.
    private static void TakeClients(HttpsConnectionAdapterOptions https)
    {
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (_, _, _) => true;
        https.OnAuthenticate = (_, ssl) => ssl.CertificateChainPolicy = new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsSettings tls)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(tls.CertificateFile);
            return (X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile), chain);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // What is in the key's file is not for a message.
            throw new SetupException($"The server's certificate {tls.CertificateFile} and its key {tls.KeyFile} cannot be used: they are PEM files, and belong together.");
        }
    }
}
