using Microsoft.AspNetCore.Http;

namespace NhiGrains.GraphQL.Transport.Http;

/// <summary>Tells pages of other sites from everything else.</summary>
internal static class Origins
{
    private static readonly string[] PreflightHeaders = ["GraphQL-Require-Preflight", "Apollo-Require-Preflight"];

    /// <summary>No Origin (not a browser), the same host, or one that an operator allows.</summary>
    public static bool IsAllowed(HttpRequest request, GraphQLTransportOptions options)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// A browser sends a GET for any page without asking us first, and the caller's certificate or cookie with it. A header
    /// that no plain request can carry shows that it asked.
    /// </summary>
    public static bool NeedsPreflight(HttpRequest request, GraphQLTransportOptions options) =>
        IsFromAnotherSite(request, options) && !MediaTypes.IsJson(request) && !PreflightHeaders.Any(request.Headers.ContainsKey);

    private static bool IsFromAnotherSite(HttpRequest request, GraphQLTransportOptions options)
    {
        if (!IsAllowed(request, options))
            return true;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "cross-site" or "same-site" && request.Headers.Origin.Count == 0;
    }
}
