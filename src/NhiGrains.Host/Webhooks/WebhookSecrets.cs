using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// The secrets that a sender of events and its receiver share, by the Standard Webhooks specification: a signature is the HMAC-SHA256
/// of <c>id.timestamp.body</c>, as <c>v1,base64</c>. Several, so that one can be replaced without a gap.
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

    public bool ShareOneWith(WebhookSecrets others) => _secrets.Any(secret => others._secrets.Any(other => CryptographicOperations.FixedTimeEquals(secret, other)));

    public bool AreSignedWith(string id, string timestamp, ReadOnlySpan<byte> body, string signatures)
    {
        var expected = SignaturesOf(id, timestamp, body).Select(Encoding.UTF8.GetBytes).ToArray();
        var given = signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(one => one.StartsWith("v1,", StringComparison.Ordinal))
            .Select(one => Encoding.UTF8.GetBytes(one["v1,".Length..]))
            .ToArray();
        return expected.Any(known => given.Any(one => CryptographicOperations.FixedTimeEquals(one, known)));
    }

    /// <summary>The value of <see cref="WebhookHeaders.Signature"/>: a signature with each of the secrets.</summary>
    public string Sign(string id, string timestamp, ReadOnlySpan<byte> body) =>
        string.Join(' ', SignaturesOf(id, timestamp, body).Select(signature => $"v1,{signature}"));

    private string[] SignaturesOf(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return [.. _secrets.Select(secret => Convert.ToBase64String(HMACSHA256.HashData(secret, signed)))];
    }

    private static byte[]? Parse(string text)
    {
        var bytes = new byte[text.Length];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length) && length >= ShortestSecret
            ? bytes[..length]
            : null;
    }
}
