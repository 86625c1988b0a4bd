using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Sandbox.Aws.Signing;

/// <summary>
/// The body of an upload in AWS's own chunks (<c>aws-chunked</c>): each with its length and, if chunks are signed, a signature
/// that covers the one before; trailing headers after the last.
/// </summary>
internal sealed record ChunkedBody(ImmutableArray<(byte[] Content, string? Signature)> Chunks, ImmutableArray<string> Trailers)
{
    private const string TrailerSignature = "x-amz-trailer-signature:";

    public byte[] Content => [.. Chunks.SelectMany(chunk => chunk.Content)];

    /// <exception cref="AwsException">It is cut off, or in no such chunks.</exception>
    public static ChunkedBody Read(byte[] body)
    {
        var chunks = ImmutableArray.CreateBuilder<(byte[], string?)>();
        var at = 0;
        while (true)
        {
            var head = Line(body, ref at).Split(';', 2);
            if (!int.TryParse(head[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length) || length < 0 || length > body.Length - at)
                throw Incomplete();
            var signature = head is [_, var more] && more.StartsWith("chunk-signature=", StringComparison.Ordinal) ? more["chunk-signature=".Length..] : null;
            chunks.Add((body[at..(at + length)], signature));
            at += length;
            if (length == 0)
                break;
            if (Line(body, ref at).Length != 0)
                throw Incomplete();
        }

        var trailers = ImmutableArray.CreateBuilder<string>();
        while (at < body.Length && Line(body, ref at) is { Length: > 0 } trailer)
            trailers.Add(trailer);
        return new(chunks.ToImmutable(), trailers.ToImmutable());
    }

    /// <exception cref="AwsException"><c>SignatureDoesNotMatch</c>.</exception>
    public void Verify(byte[] key, string stamp, string scope, string seed)
    {
        var nothing = SignatureV4.Hex(SHA256.HashData([]));
        var previous = seed;
        foreach (var (content, signature) in Chunks)
            previous = Check(key, $"AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{scope}\n{previous}\n{nothing}\n{SignatureV4.Hex(SHA256.HashData(content))}", signature);
        var signed = Trailers.Where(line => !line.StartsWith(TrailerSignature, StringComparison.Ordinal)).ToArray();
        if (signed.Length == 0)
            return;
        var canonical = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(signed.Select(line => line + "\n"))));
        var last = Trailers.FirstOrDefault(line => line.StartsWith(TrailerSignature, StringComparison.Ordinal))?[TrailerSignature.Length..];
        Check(key, $"AWS4-HMAC-SHA256-TRAILER\n{stamp}\n{scope}\n{previous}\n{SignatureV4.Hex(canonical)}", last);
    }

    private static string Check(byte[] key, string text, string? signature)
    {
        var expected = SignatureV4.Hex(SignatureV4.Sign(key, text));
        return signature is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature))
            ? expected
            : throw AwsException.WrongSignature("The chunk signature we calculated does not match the signature you provided.");
    }

    private static string Line(byte[] body, ref int at)
    {
        var length = body.AsSpan(at).IndexOf("\r\n"u8);
        if (length < 0)
            throw Incomplete();
        var line = Encoding.ASCII.GetString(body, at, length);
        at += length + 2;
        return line;
    }

    private static AwsException Incomplete() => new(400, "IncompleteBody", "The request body terminated unexpectedly");
}
