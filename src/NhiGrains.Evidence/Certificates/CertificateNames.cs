using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Certificates;

/// <summary>Whom a certificate names beside its subject, and the part of it that is signed.</summary>
internal static class CertificateNames
{
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <exception cref="AsnContentException">It is not as RFC 5280 says.</exception>
    public static (string[] Uris, string[] Dns) AlternativeNames(X509Certificate2 certificate)
    {
        if (certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SingleOrDefault() is not { } names)
            return ([], []);
        var uris = new List<string>();
        var list = new AsnReader(names.RawData, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData)
        {
            if (list.PeekTag().HasSameClassAndValue(UriTag))
                uris.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
            else
                list.ReadEncodedValue();
        }

        return ([.. uris], [.. names.EnumerateDnsNames()]);
    }

    /// <summary>Of the part that the authority signed.</summary>
    /// <exception cref="AsnContentException">It is not as RFC 5280 says.</exception>
    public static string Digest(X509Certificate2 certificate) =>
        Digests.Of("certificate", new AsnReader(certificate.RawData, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().Span);
}
