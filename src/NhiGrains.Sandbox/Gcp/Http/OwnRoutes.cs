using Microsoft.AspNetCore.Http;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>What discovery documents say nothing about: the token endpoint, Policy Troubleshooter v3, and the later parts of an upload.</summary>
internal static class OwnRoutes
{
    public static bool Has(string[] segments, IQueryCollection query) =>
        IsTokenEndpoint(segments) || segments is ["v3", "iam:troubleshoot"] || query.ContainsKey("upload_id");

    public static bool IsTokenEndpoint(string[] segments) => segments is ["token"];
}
