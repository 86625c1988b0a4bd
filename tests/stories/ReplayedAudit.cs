using System.Net.Http.Headers;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Audit;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>
/// The audit is exported over the API and verified, and every decision in it is made again from the export alone, with the same answer.
/// </summary>
internal static class ReplayedAudit
{
    /// <param name="identity">Whose decisions have to be among them.</param>
    public static async Task CheckAsync(Uri server, string auditorToken, string identity)
    {
        using var client = new HttpClient { BaseAddress = server };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", auditorToken);
        var export = await client.GetStringAsync(new Uri(AuditEndpoint.Path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var reader = new StringReader(export);
        Assert.Empty(AuditVerification.Verify(reader, []).Problems);

        var verdict = AuditReplay.Run(() => new StringReader(export));

        Assert.Empty(verdict.Problems);
        Assert.Equal(0, verdict.WithoutRecord);
        var decided = export.Split('\n').Count(line => line.Contains($"\"identity/{identity}\"", StringComparison.Ordinal) && line.Contains($"\"{AuditDetails.Record}\":", StringComparison.Ordinal));
        Assert.True(decided > 0 && verdict.Decisions >= decided, $"{decided} decisions of {identity} in the export, {verdict.Decisions} made again");
        TestContext.Current.TestOutputHelper?.WriteLine($"{verdict.Decisions} decisions, {decided} of them of {identity}, made again from the export, are the same");
    }
}
