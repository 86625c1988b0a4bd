using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using NhiGrains.Evidence.Keys;

namespace NhiGrains.Evidence.Tokens;

/// <summary>
/// Whether a token is signed by a key, and nothing else: what it says was read once, strictly, and no second reader can understand it in
/// another way.
/// </summary>
internal static class TokenSignature
{
    public static bool IsOf(Jwt token, string algorithm, PublishedKey key)
    {
        var end = token.Text.LastIndexOf('.');
        try
        {
            var signature = Base64Url.DecodeFromChars(token.Text.AsSpan(end + 1));
            return signature.Length > 0 && key.Signed(algorithm, Encoding.ASCII.GetBytes(token.Text[..end]), signature);
        }
        catch (Exception none) when (none is CryptographicException or FormatException)
        {
            // Of a length that no signature has.
            return false;
        }
    }
}
