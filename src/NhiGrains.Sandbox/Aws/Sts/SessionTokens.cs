using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NhiGrains.Sandbox.Aws.Sts;

/// <summary>
/// Session tokens carry their session, sealed with a key of this account: nothing is stored for a session, so none can be
/// taken back one by one, as in AWS.
/// </summary>
internal sealed class SessionTokens
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string Seal(Session session)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(session);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var (sealedUp, tag) = (new byte[plain.Length], new byte[16]);
        using var cipher = new AesGcm(_key, tag.Length);
        cipher.Encrypt(nonce, plain, sealedUp, tag);
        return Convert.ToBase64String([.. nonce, .. tag, .. sealedUp]);
    }

    /// <returns>Null for a token that is not of this account.</returns>
    public Session? Open(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || length < 28)
            return null;
        var plain = new byte[length - 28];
        using var cipher = new AesGcm(_key, 16);
        try
        {
            cipher.Decrypt(bytes.AsSpan(0, 12), bytes.AsSpan(28, plain.Length), bytes.AsSpan(12, 16), plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return JsonSerializer.Deserialize<Session>(plain);
    }

    /// <summary>The secret key that belongs to a session's key id.</summary>
    public string SecretOf(string keyId) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(keyId))[..30]);
}
