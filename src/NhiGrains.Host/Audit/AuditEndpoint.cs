using System.Text;
using NhiGrains.GraphQL.Access;

namespace NhiGrains.Host.Audit;

/// <summary><c>GET /audit/export</c>: the audit log as JSON lines, for auditors.</summary>
internal static class AuditEndpoint
{
    public const string Path = "/audit/export";

    private const int FlushEvery = 64 * 1024;

    public static IEndpointConventionBuilder MapAuditExport(this IEndpointRouteBuilder endpoints) => endpoints
        .MapGet(Path, WriteAsync)
        .RequireAuthorization(policy => policy.RequireRole(RoleNames.Auditor, RoleNames.Admin));

    private static async Task WriteAsync(HttpContext context, AuditExport export, ILogger<AuditExport> logger)
    {
        var cancellation = context.RequestAborted;
        context.Response.ContentType = AuditExportFormat.MediaType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"audit.ndjson\"";
        var body = context.Response.BodyWriter;
        try
        {
            await foreach (var line in export.LinesAsync(cancellation))
            {
                Encoding.UTF8.GetBytes(line, body);
                Encoding.UTF8.GetBytes("\n", body);
                if (body.UnflushedBytes >= FlushEvery)
                    await body.FlushAsync(cancellation);
            }

            await body.FlushAsync(cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && context.Response.HasStarted)
        {
            // An answer that simply ended would look complete to whoever does not verify it.
            logger.LogError("The audit export broke off: {Fault}", fault.Message);
            context.Abort();
        }
    }
}
