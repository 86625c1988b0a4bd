using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Certificates;

/// <summary>A real certificate authority, with an intermediate one if wanted.</summary>
internal sealed class Authority : IDisposable
{
    private const string Clients = "1.3.6.1.5.5.7.3.2";
    public const string Servers = "1.3.6.1.5.5.7.3.1";

    private readonly TestTime _time;
    private readonly X509Certificate2 _certificate;
    private readonly Authority? _above;

    public Authority(TestTime time, string name = "CN=Test CA", Authority? above = null)
    {
        (_time, _above) = (time, above);
        var request = Request(name, out var key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _certificate = above is null
            ? request.CreateSelfSigned(time.Now.AddYears(-1), time.Now.AddYears(5))
            : request.Create(above._certificate, time.Now.AddDays(-300), time.Now.AddYears(4), [7]).CopyWithPrivateKey(key);
    }

    public string Pem => _certificate.ExportCertificatePem() + "\n" + _above?.Pem;

    public X509Certificate2 Issue(
        string subject = "CN=build-7", TimeSpan? from = null, TimeSpan? until = null, string? usage = Clients, bool authority = false, Action<SubjectAlternativeNameBuilder>? names = null)
    {
        var request = Request(subject, out var key);
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, hasPathLengthConstraint: false, 0, critical: true));
        if (names is not null)
        {
            var builder = new SubjectAlternativeNameBuilder();
            names(builder);
            request.CertificateExtensions.Add(builder.Build());
        }

        return request.Create(_certificate, _time.Now + (from ?? TimeSpan.FromHours(-1)), _time.Now + (until ?? TimeSpan.FromHours(1)), [1, 2, 3]).CopyWithPrivateKey(key);
    }

    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string name, out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(name, key, HashAlgorithmName.SHA256);
    }
}
