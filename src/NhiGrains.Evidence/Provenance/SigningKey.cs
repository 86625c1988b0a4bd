using System.Security.Cryptography;
using NhiGrains.Evidence.Keys;

namespace NhiGrains.Evidence.Provenance;

/// <summary>A public key of a builder; the key itself says which algorithm it is for, never what was signed with it.</summary>
internal sealed class SigningKey(string id, Func<byte[], byte[], bool> isSignature)
{
    public string Id => id;

    /// <summary>Whether this is the key's signature over the message. A signature that is none is no exception.</summary>
    public bool Signed(byte[] message, byte[] signature)
    {
        try
        {
            return isSignature(message, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <exception cref="ArgumentException">The file has no public key of a kind that can be used.</exception>
    public static SigningKey Load(string trust, string id, string file)
    {
        string pem;
        try
        {
            pem = File.ReadAllText(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The key file {file} of the trust '{trust}' cannot be read.", nameof(file), unreadable);
        }

        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            throw new ArgumentException($"The key file {file} of the trust '{trust}' holds a private key: only the public one belongs here.", nameof(file));
        return TryEd25519(id, pem) ?? TryEcdsa(id, pem) ?? TryRsa(id, pem)
            ?? throw new ArgumentException($"The key file {file} of the trust '{trust}' holds no public key of Ed25519, of ECDSA on P-256 or P-384, or of RSA with at least 2048 bits.", nameof(file));
    }

    private static SigningKey? TryEd25519(string id, string pem) => Ed25519Key.ReadPem(pem) is { } key ? new(id, key.Signed) : null;

    private static SigningKey? TryEcdsa(string id, string pem)
    {
        var key = ECDsa.Create();
        if (!TryImport(key, pem) || key.KeySize is not (256 or 384))
            return null;
        var (hash, raw) = key.KeySize == 256 ? (HashAlgorithmName.SHA256, 64) : (HashAlgorithmName.SHA384, 96);
        // Most tools write DER; the two numbers side by side are common too, and their length tells them apart.
        return new(id, (message, signature) => key.VerifyData(message, signature, hash,
            signature.Length == raw ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation : DSASignatureFormat.Rfc3279DerSequence));
    }

    private static SigningKey? TryRsa(string id, string pem)
    {
        var key = RSA.Create();
        return TryImport(key, pem) && key.KeySize is >= 2048 and <= 8192
            ? new(id, (message, signature) => key.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss))
            : null;
    }

    private static bool TryImport(AsymmetricAlgorithm key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception another) when (another is ArgumentException or CryptographicException)
        {
            // No PEM, or a key of another kind.
            return false;
        }
    }
}
