namespace NhiGrains.GraphQL.Tests.Transport;

public class AuditTests
{
    [Fact]
    public async Task Graphql_http_finds_nothing_to_complain_about()
    {
        await using var server = await SampleServer.StartAsync();

        var (exitCode, output) = await NodeScript.RunAsync("audit.mjs", server.Url.ToString(), SampleServer.Token);

        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(exitCode == 0, output);
        Assert.Contains("61 of 61", output, StringComparison.Ordinal);
    }
}
