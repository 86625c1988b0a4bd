using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Sandbox.Aws.Signing;

/// <summary>Signature Version 4: is this request signed with this secret, for this service, and now?</summary>
internal static class SignatureV4
{
    public const string ContentHash = "X-Amz-Content-Sha256";

    /// <summary>How far a request's time may be from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    /// <exception cref="AwsException"><c>SignatureDoesNotMatch</c> and its relatives.</exception>
    public static void Verify(SignedRequest request, AuthorizationHeader header, string secret, DateTimeOffset now)
    {
        var (stamp, time) = Time(request);
        if (!stamp.StartsWith(header.Date, StringComparison.Ordinal))
            throw AwsException.WrongSignature($"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{header.Date}' != '{stamp[..8]}', from '{stamp}'.");
        CheckSkew(time, stamp, now, header.Service);
        CheckHeaders(request, header);
        var canonical = CanonicalRequest.Build(request, header, PayloadHash(request, header.Service));
        var key = Key(secret, header);
        var expected = Sign(key, $"{AuthorizationHeader.Algorithm}\n{stamp}\n{header.Scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}");
        if (!CryptographicOperations.FixedTimeEquals(Convert.FromHexString(header.Signature), expected))
            throw AwsException.WrongSignature("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
        if (request.Header(ContentHash) is { } hash && hash.StartsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", StringComparison.Ordinal))
            ChunkedBody.Read(request.Body).Verify(key, stamp, header.Scope, header.Signature);
    }

    private static byte[] Key(string secret, AuthorizationHeader header)
    {
        var key = Sign(Encoding.UTF8.GetBytes("AWS4" + secret), header.Date);
        return Sign(Sign(Sign(key, header.Region), header.Service), "aws4_request");
    }

    public static byte[] Sign(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The request's own time, as it was written and as a time.</summary>
    private static (string Stamp, DateTimeOffset Time) Time(SignedRequest request)
    {
        var stamp = request.Header("X-Amz-Date") ?? throw new AwsException(400, "IncompleteSignature", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        return DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (stamp, time)
            : throw new AwsException(400, "IncompleteSignature", $"Date must be in ISO-8601 'basic format'. Got '{stamp}'.");
    }

    private static void CheckSkew(DateTimeOffset time, string stamp, DateTimeOffset now, string service)
    {
        if ((time - now).Duration() <= Skew)
            return;
        if (service == "s3")
            throw new AwsException(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
        throw AwsException.WrongSignature(time < now
            ? $"Signature expired: {stamp} is now earlier than {Stamp(now - Skew)} ({Stamp(now)} - 15 min.)"
            : $"Signature not yet current: {stamp} is still later than {Stamp(now + Skew)} ({Stamp(now)} + 15 min.)");
    }

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    // The host, and every header of AWS's own, has to be under the signature.
    private static void CheckHeaders(SignedRequest request, AuthorizationHeader header)
    {
        var signed = header.SignedHeaders.Split(';');
        if (!signed.SequenceEqual(signed.Order(StringComparer.Ordinal)) || !signed.Contains("host") || signed.Any(name => request.Header(name) is null))
            throw AwsException.WrongSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        var unsigned = request.Headers.Keys.Select(name => name.ToLowerInvariant()).Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal)).Except(signed);
        if (unsigned.Any())
            throw AwsException.AccessDenied("There were headers present in the request which were not signed");
    }

    private static string PayloadHash(SignedRequest request, string service)
    {
        var actual = Hex(SHA256.HashData(request.Body));
        if (service != "s3")
            return actual;
        var said = request.Header(ContentHash) ?? throw new AwsException(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
        if (said == "UNSIGNED-PAYLOAD" || said.StartsWith("STREAMING-", StringComparison.Ordinal) || said == actual)
            return said;
        throw new AwsException(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
}
