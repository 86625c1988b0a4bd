using System.Diagnostics;
using System.Text;
using System.Text.Json;
using NhiGrains.GraphQL.Tests.Transport;
using NhiGrains.GraphQL.Tests.World;

namespace NhiGrains.GraphQL.Tests.Hostile;

/// <summary>Measures the CPU time of the process, so nothing else may run in it meanwhile.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;

[Collection(nameof(MeasuredAlone))]
public sealed class HostileDocumentTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Each_hostile_document_is_answered_or_refused_within_half_a_second_of_CPU()
    {
        Assert.True(HostileDocuments.Bodies.Count >= 40);
        // What is compiled on first use is not what a document costs.
        await SendAsync("""{"query":"{ platforms { id unmanaged { principal } } node(id: \"x\") { id } }"}""");
        await SendAsync("""{"query":"{ nowhere(a: {b: [1]}) @no { ...f } } fragment f on Nothing { a }"}""");
        var report = new StringBuilder();
        var wrong = new List<string>();
        foreach (var (name, body) in HostileDocuments.Bodies)
        {
            var before = Cpu();
            var (status, answer) = await SendAsync(body, name);
            var took = Cpu() - before;
            report.AppendLine($"{took.TotalMilliseconds,6:0} ms  {body.Length,7} in {answer.Length,7} out  {status}  {Code(answer),-24} {name}");
            if (took > Allowed || status >= 500 || Code(answer) == "INTERNAL" || Encoding.UTF8.GetByteCount(body) > 256 * 1024)
                wrong.Add($"{name}: {took.TotalMilliseconds:0} ms, {status}, {Code(answer)}, {Encoding.UTF8.GetByteCount(body)} bytes");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong) + "\n\n" + report);
        await server.DataAsync("vera:viewer", "{ platforms { id } }");
    }

    [Fact]
    public async Task Graphql_http_finds_nothing_to_complain_about_in_the_real_schema()
    {
        var (exitCode, output) = await NodeScript.RunAsync("audit.mjs", server.Url.ToString(), "vera:viewer");

        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(exitCode == 0, output);
        Assert.Contains("61 of 61", output, StringComparison.Ordinal);
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private async Task<(int Status, string Answer)> SendAsync(string body, string name = "warm-up")
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(20));
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", "root:admin");
        try
        {
            using var response = await server.Http.SendAsync(request, bound.Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(bound.Token));
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"'{name}' was neither answered nor refused.", exception);
        }
    }

    private static string Code(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("errors", out var errors) && errors[0].TryGetProperty("extensions", out var extensions)
            ? extensions.GetProperty("code").GetString() ?? ""
            : "";
    }
}
