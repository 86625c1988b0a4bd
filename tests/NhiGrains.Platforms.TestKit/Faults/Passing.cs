using Microsoft.AspNetCore.Http;

namespace NhiGrains.Platforms.TestKit.Faults;

/// <summary>From a request that came in to one that goes out, and back.</summary>
internal static class Passing
{
    private static readonly string[] OfOneHop = ["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade"];

    /// <summary>What a form asks for; its body can still be read afterwards.</summary>
    public static async Task<string> ActionAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
            return "";
        request.EnableBuffering();
        var form = await request.ReadFormAsync();
        request.Body.Position = 0;
        return form["Action"].ToString();
    }

    public static HttpRequestMessage Request(HttpRequest from)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), $"{from.Path}{from.QueryString}");
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(from.Body);
        foreach (var header in from.Headers.Where(header => !OfOneHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string?>)header.Value))
                request.Content?.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string?>)header.Value);
        }

        return request;
    }

    /// <summary>Piece by piece, as they come: a watch never ends.</summary>
    public static async Task StreamAsync(HttpResponseMessage from, HttpContext to)
    {
        Head(from, to.Response);
        await to.Response.StartAsync(to.RequestAborted);
        await using var body = await from.Content.ReadAsStreamAsync(to.RequestAborted);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, to.RequestAborted)) > 0;)
        {
            await to.Response.Body.WriteAsync(buffer.AsMemory(0, read), to.RequestAborted);
            await to.Response.Body.FlushAsync(to.RequestAborted);
        }
    }

    public static async Task HalfAsync(HttpResponseMessage from, byte[] body, HttpContext to)
    {
        Head(from, to.Response);
        to.Response.ContentLength = body.Length;
        await to.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), to.RequestAborted);
        await to.Response.Body.FlushAsync(to.RequestAborted);
    }

    private static void Head(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var header in from.Headers.Concat(from.Content.Headers).Where(header => !OfOneHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            to.Headers[header.Key] = header.Value.ToArray();
    }
}
