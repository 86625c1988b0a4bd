using System.Text;

namespace NhiGrains.Sandbox.Aws.Signing;

/// <summary>
/// A request in the one form that both sides sign, as 'Create a signed AWS API request' documents it. S3 takes paths as they
/// are; every other service encodes them twice.
/// </summary>
internal static class CanonicalRequest
{
    public static string Build(SignedRequest request, AuthorizationHeader header, string payloadHash)
    {
        var names = header.SignedHeaders.Split(';');
        var headers = string.Concat(names.Select(name => $"{name}:{request.Header(name)}\n"));
        return string.Join('\n', request.Method, Path(request.Path, header.Service), Query(request.Query), headers, header.SignedHeaders, payloadHash);
    }

    private static string Path(string path, string service)
    {
        var segments = path.Split('/').Select(Uri.UnescapeDataString).Select(Encode);
        return string.Join('/', service == "s3" ? segments : segments.Select(Encode));
    }

    private static string Query(string query)
    {
        var pairs = query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Encode(Decode(pair[0])), Value: pair.Length == 2 ? Encode(Decode(pair[1])) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal);
        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value}"));
    }

    // In a query that a form made, a space is a plus.
    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>Everything but the unreserved characters of RFC 3986, byte by byte.</summary>
    public static string Encode(string text)
    {
        var built = new StringBuilder(text.Length);
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || (char)one is '-' or '.' or '_' or '~')
                built.Append((char)one);
            else
                built.Append('%').Append(Convert.ToHexString([one]));
        }

        return built.ToString();
    }
}
