using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>Reads what a route needs of a request.</summary>
internal static class RequestReading
{
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>The path's segments as they were sent: an encoded slash inside of one is not a separator.</summary>
    public static string[] Segments(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        // Colons and at signs may be sent encoded or not.
        return [.. (query < 0 ? target : target[..query]).Trim('/').Split('/')
            .Select(segment => segment.Replace("%3A", ":", StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>The body, unpacked: Google's clients send theirs compressed.</summary>
    /// <exception cref="GoogleError">400, when it is too large or not what it says.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var zipped = string.Equals(context.Request.Headers.ContentEncoding, "gzip", StringComparison.OrdinalIgnoreCase);
        await using var body = zipped ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var read = new MemoryStream();
        var part = new byte[16 * 1024];
        try
        {
            for (int count; (count = await body.ReadAsync(part, context.RequestAborted)) > 0;)
            {
                if (read.Length + count > MostBytes)
                    throw GoogleError.Invalid("Request payload size exceeds the limit.");
                read.Write(part, 0, count);
            }
        }
        catch (InvalidDataException)
        {
            throw GoogleError.Invalid("The request's body is not compressed as its header says.");
        }

        return read.ToArray();
    }
}
