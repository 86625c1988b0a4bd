using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace NhiGrains.Sandbox.Aws.Signing;

/// <summary>A request as it came, with its body read whole: what a signature is checked against.</summary>
/// <param name="Target">Path and query as they were sent, not decoded.</param>
internal sealed record SignedRequest(
    string Method, string Target, IHeaderDictionary Headers, byte[] Body, string SourceAddress, bool IsSecure)
{
    /// <summary>Where tests say from which address a request comes, since on loopback all come from one.</summary>
    public const string SourceHeader = "X-Sandbox-Source-Ip";

    /// <summary>More than any API here takes.</summary>
    private const int LongestBody = 8 * 1024 * 1024;

    public string Path => Target.Split('?', 2)[0];

    public string Query => Target.Split('?', 2) is [_, var query] ? query : "";

    /// <exception cref="AwsException">The body is too long.</exception>
    public static async Task<SignedRequest> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LongestBody)
                throw new AwsException(413, "RequestEntityTooLarge", "The request is too large.");
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var source = request.Headers[SourceHeader] is [{ Length: > 0 } said] ? said : context.Connection.RemoteIpAddress?.MapToIPv4().ToString();
        return new(request.Method, target, request.Headers, body.ToArray(), source ?? "127.0.0.1", request.IsHttps);
    }

    /// <summary>A header as signatures take it: trimmed, several spaces as one, several values with commas.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? Joined(values) : null;

    private static string Joined(StringValues values) =>
        string.Join(',', values.Select(value => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
