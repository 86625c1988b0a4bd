using System.Net;
using System.Net.WebSockets;
using System.Text;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Authentication;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.CommandLine;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Host.Tests.Composition;

public sealed class ServerTests : IDisposable
{
    private const string OneRule = "format: 1\nname: set\nrules:\n- {name: none-standing, effect: deny, match: {standing: true}}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-server-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "data");

    private string PolicyFile => Path.Combine(_folder, "policy.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_policy_file_is_put_in_force_and_a_wrong_one_leaves_it_so()
    {
        await File.WriteAllTextAsync(PolicyFile, OneRule, Cancellation);
        await using var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile));
        await server.ReadyAsync();
        var first = await InForceAsync(server, differentFrom: "");

        await File.WriteAllTextAsync(PolicyFile, OneRule.Replace("deny", "maybe", StringComparison.Ordinal), Cancellation);
        await server.EventuallyAsync(async () => (await TextAsync(server, "/policy/file")).Contains("\"line\":4,\"column\":33", StringComparison.Ordinal), "The problem is not told.");
        Assert.StartsWith("Degraded", await TextAsync(server, "/health/ready"), StringComparison.Ordinal);
        Assert.Equal(first, await VersionAsync(server));

        await File.WriteAllTextAsync(PolicyFile, OneRule.Replace("none-standing", "renamed", StringComparison.Ordinal), Cancellation);
        await InForceAsync(server, differentFrom: first);
        await server.EventuallyAsync(async () => (await TextAsync(server, "/policy/file")).Contains("\"problems\":[]", StringComparison.Ordinal), "The problem is still told.");
    }

    [Fact]
    public async Task The_set_in_force_outlives_a_restart_without_its_file()
    {
        await File.WriteAllTextAsync(PolicyFile, OneRule, Cancellation);
        string first;
        await using (var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile)))
            first = await InForceAsync(server, differentFrom: "");
        File.Delete(PolicyFile);
        await using var again = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile));
        await again.ReadyAsync();
        Assert.Equal(first, await VersionAsync(again));
        await again.EventuallyAsync(async () => (await TextAsync(again, "/policy/file")).Contains("There is no such file.", StringComparison.Ordinal), "The problem is not told.");
    }

    [Theory]
    [InlineData("/audit/export", null, HttpStatusCode.Unauthorized)]
    [InlineData("/audit/export", RoleNames.Operator, HttpStatusCode.Forbidden)]
    [InlineData("/policy/file", null, HttpStatusCode.Unauthorized)]
    [InlineData("/policy/file", RoleNames.Viewer, HttpStatusCode.Forbidden)]
    [InlineData("/health/live", null, HttpStatusCode.OK)]
    public async Task Only_health_is_told_to_everybody(string path, string? role, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync(Data);
        using var answer = await server.GetAsync(path, role);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task GraphQL_answers_nobody_without_a_token()
    {
        await using var server = await RunningServer.StartAsync(Data);
        using var anonymous = new HttpClient();
        using var query = new StringContent("""{"query":"{policySet{version}}"}""", Encoding.UTF8, "application/json");
        using var answer = await anonymous.PostAsync(new Uri($"{server.Url}/graphql"), query, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task An_export_is_downloaded_by_the_command_line_and_verifies()
    {
        await File.WriteAllTextAsync(PolicyFile, OneRule, Cancellation);
        var (token, export) = (Path.Combine(_folder, "token"), Path.Combine(_folder, "audit.ndjson"));
        await using var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile));
        // A set is in force a moment before the audit tells of it.
        await server.EventuallyAsync(
            async () => (await TextAsync(server, "/audit/export")).Contains("policy-set.applied", StringComparison.Ordinal), "The audit does not tell of the set.");
        await File.WriteAllTextAsync(token, server.Token(RoleNames.Auditor), Cancellation);
        var cli = await Cli.RunAsync("audit", "export", "--url", server.Url, "--token-file", token, "--out", export);
        Assert.Equal((0, ""), (cli.ExitCode, cli.Error));
        Assert.StartsWith("ok: 2 entries in 16 shards", cli.Output, StringComparison.Ordinal);
        Assert.Contains("policy-set.applied", await File.ReadAllTextAsync(export, Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "{\"type\":\"connection_ack\"}")]
    [InlineData(false, null)]
    public async Task A_socket_is_let_in_by_the_token_in_its_first_message(bool good, string? expected)
    {
        await using var server = await RunningServer.StartAsync(Data);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(new Uri(server.Url.Replace("http", "ws", StringComparison.Ordinal) + "/graphql"), Cancellation);
        var token = server.Token(RoleNames.Viewer) + (good ? "" : "x");
        var init = $$$"""{"type":"connection_init","payload":{"Authorization":"Bearer {{{token}}}"}}""";
        await socket.SendAsync(Encoding.UTF8.GetBytes(init), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        var buffer = new byte[1024];
        var answer = await socket.ReceiveAsync(buffer, Cancellation);
        Assert.Equal(expected, answer.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, answer.Count));
        if (!good)
            Assert.Equal(4403, (int?)answer.CloseStatus);
    }

    [Fact]
    public async Task The_identities_of_the_demo_are_registered_once()
    {
        await using var cluster = await KubeApiServer.StartAsync(Cancellation);
        (string, string)[] demo = [(SettingKeys.Demo, "true"), ($"{SettingKeys.Clusters}:demo", cluster.Kubeconfig)];
        await using (var server = await RunningServer.StartAsync(Data, demo))
        {
            await FourIdentitiesAsync(server);
            await NothingUnmanagedAsync(server);
        }

        await using var again = await RunningServer.StartAsync(Data, demo);
        await FourIdentitiesAsync(again);
    }

    [Fact]
    public async Task A_store_that_is_salvaged_is_read_and_not_written()
    {
        await File.WriteAllTextAsync(PolicyFile, OneRule, Cancellation);
        string version;
        await using (var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile)))
            version = await InForceAsync(server, differentFrom: "");
        await File.WriteAllTextAsync(PolicyFile, OneRule.Replace("none-standing", "renamed", StringComparison.Ordinal), Cancellation);
        await using var salvaged = await RunningServer.StartAsync(Data, (SettingKeys.Salvage, "true"), (SettingKeys.Policy, PolicyFile));
        Assert.StartsWith("Degraded\nThe store is open for reading only", await TextAsync(salvaged, "/health/ready"), StringComparison.Ordinal);
        Assert.Equal(version, await VersionAsync(salvaged));
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused()
    {
        await using var server = await RunningServer.StartAsync(Data);
        var second = await Cli.RunAsync("serve", "--data", Data, "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("[folder-locked]", Assert.Single(second.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        await using var server = await RunningServer.StartAsync(Data);
        var second = await Cli.RunAsync("serve", "--data", Path.Combine(_folder, "other"), "--urls", server.Url);
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("Choose another address with --urls", Assert.Single(second.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    // What Kubernetes has for itself is nobody's concern.
    private static async Task NothingUnmanagedAsync(RunningServer server)
    {
        await server.EventuallyAsync(async () => (await server.QueryAsync("{platforms{lastSweep}}")).GetRawText().Contains("lastSweep\":\"", StringComparison.Ordinal), "It was not swept.");
        Assert.Equal("""{"platforms":[{"unmanaged":[]}]}""", (await server.QueryAsync("{platforms{unmanaged{principal}}}")).GetRawText());
    }

    private static Task FourIdentitiesAsync(RunningServer server) => server.EventuallyAsync(
        async () => (await server.QueryAsync("{identities{totalCount}}")).GetProperty("identities").GetProperty("totalCount").GetInt32() == 4,
        "There are not four identities.");

    private static async Task<string> InForceAsync(RunningServer server, string differentFrom)
    {
        var none = differentFrom.Length == 0 ? NhiGrains.Domain.Policies.PolicySet.Empty.Version : differentFrom;
        await server.EventuallyAsync(async () => await VersionAsync(server) != none, "The set did not come in force.");
        return await VersionAsync(server);
    }

    private static async Task<string> VersionAsync(RunningServer server) =>
        (await server.QueryAsync("{policySet{version}}")).GetProperty("policySet").GetProperty("version").GetString() ?? "";

    private static async Task<string> TextAsync(RunningServer server, string path)
    {
        using var answer = await server.GetAsync(path, RoleNames.Admin);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
