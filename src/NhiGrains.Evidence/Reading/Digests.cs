using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Evidence.Reading;

/// <summary>
/// Digests of the part that is signed, never of the signature: who has the text could give it another valid signature (ECDSA has two
/// for everything), or write the same one in another way, and it would look like something new.
/// </summary>
internal static class Digests
{
    /// <param name="kind">So that what is signed as one kind is never taken for another.</param>
    public static string Of(string kind, ReadOnlySpan<byte> signed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes($"nhigrains {kind} "));
        hash.AppendData(signed);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
