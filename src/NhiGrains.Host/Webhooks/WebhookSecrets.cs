using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// The secrets that senders of events sign with, and the check of a signature by the Standard Webhooks specification: HMAC-SHA256
/// over <c>id.timestamp.body</c>, as <c>v1,base64</c>. Several, so that one can be replaced without a gap.
/// </summary>
internal sealed class WebhookSecrets
{
    /// <summary>By how much a timestamp may differ: what is older may be replayed.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Prefix = "whsec_";
    private const int ShortestSecret = 24;

    private readonly byte[][] _secrets;

    private WebhookSecrets(byte[][] secrets) => _secrets = secrets;

    /// <param name="file">A secret on each line: <c>whsec_</c> and the base64 of 24 bytes or more. Empty lines and those that begin with # are skipped.</param>
    /// <exception cref="SetupException">The file is not there, or a line is no secret; no message repeats one.</exception>
    public static WebhookSecrets Load(string file)
    {
        if (!File.Exists(file))
            throw new SetupException($"There is no file {file} with the secrets of webhooks.");
        var lines = File.ReadAllLines(file).Select((text, index) => (Text: text.Trim(), Number: index + 1)).Where(line => line.Text.Length > 0 && line.Text[0] != '#');
        byte[][] secrets = [.. lines.Select(line => Parse(line.Text)
            ?? throw new SetupException($"{file}, line {line.Number}: a secret is '{Prefix}' and the base64 of at least {ShortestSecret} random bytes."))];
        return secrets.Length > 0 ? new(secrets) : throw new SetupException($"{file} holds no secret.");
    }

    public bool AreSignedWith(string id, string timestamp, ReadOnlySpan<byte> body, string signatures)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var given = signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(one => one.StartsWith("v1,", StringComparison.Ordinal))
            .Select(one => Encoding.UTF8.GetBytes(one["v1,".Length..]))
            .ToArray();
        return _secrets
            .Select(secret => Encoding.UTF8.GetBytes(Convert.ToBase64String(HMACSHA256.HashData(secret, signed))))
            .Any(expected => given.Any(one => CryptographicOperations.FixedTimeEquals(one, expected)));
    }

    private static byte[]? Parse(string text)
    {
        var bytes = new byte[text.Length];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length) && length >= ShortestSecret
            ? bytes[..length]
            : null;
    }
}
