using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace NhiGrains.Evidence.Keys;

/// <summary>A public key of Ed25519 (RFC 8032), which the base library of .NET 10 does not have.</summary>
internal sealed class Ed25519Key
{
    private const string Label = "PUBLIC KEY";
    private const string Algorithm = "1.3.101.112"; // RFC 8410

    private readonly Ed25519.PublicPoint _point;

    private Ed25519Key(Ed25519.PublicPoint point) => _point = point;

    /// <summary>
    /// Null for what is no key: of another length, no point of the curve or not in its one form, or outside of the group that keys are of:
    /// with a point of small order one signature would be good for many messages.
    /// </summary>
    public static Ed25519Key? Read(byte[] encoded) =>
        encoded.Length == Ed25519.PublicKeySize && Ed25519.ValidatePublicKeyFullExport(encoded, 0) is { } point ? new(point) : null;

    /// <summary>The same for a SubjectPublicKeyInfo in PEM; null, too, when it holds a key of another kind, or more than one.</summary>
    public static Ed25519Key? ReadPem(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var found) || !pem.AsSpan()[found.Label].SequenceEqual(Label) || PemEncoding.TryFind(pem.AsSpan(found.Location.End.Value), out _))
            return null;
        try
        {
            var file = new AsnReader(Convert.FromBase64String(pem[found.Base64Data]), AsnEncodingRules.DER);
            var info = file.ReadSequence();
            var algorithm = info.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != Algorithm)
                return null;
            algorithm.ThrowIfNotEmpty();
            var key = info.ReadBitString(out var unused);
            info.ThrowIfNotEmpty();
            file.ThrowIfNotEmpty();
            return unused == 0 ? Read(key) : null;
        }
        catch (Exception another) when (another is AsnContentException or FormatException)
        {
            // Not as RFC 8410 says.
            return null;
        }
    }

    /// <summary>Whether this is the key's signature over the message, in the one form that it has (RFC 8032, 5.1.7).</summary>
    public bool Signed(byte[] message, byte[] signature) =>
        signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, _point, message, 0, message.Length);
}
