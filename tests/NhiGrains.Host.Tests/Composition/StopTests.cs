using System.Net.WebSockets;
using System.Text;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Settings;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Host.Tests.Composition;

/// <summary>A stop in the middle of the work is no fault: what is left undone is done after the next start.</summary>
public sealed class StopTests : IDisposable
{
    private const int Identities = 12;

    private const string Policy = """
        format: 1
        name: test
        rules:
        - {name: all, effect: permit, match: {platforms: ["k8s:test"]}, maxLifetime: 1h, allowControllerEnforcedEnd: true}

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-stop-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_stop_in_the_middle_of_enforcement_and_of_a_sweep_logs_no_fault_and_the_next_start_goes_on()
    {
        await using var cluster = await KubeApiServer.StartAsync(Cancellation);
        var policy = Path.Combine(_folder, "policy.yaml");
        await File.WriteAllTextAsync(policy, Policy, Cancellation);
        (string, string)[] settings = [($"{SettingKeys.Clusters}:test", cluster.Kubeconfig), (SettingKeys.Policy, policy)];
        using var log = new LogRecorder();
        await using (var server = await RunningServer.StartAsync(_folder, log, settings))
        {
            await server.EventuallyAsync(async () => await CountAsync(server, "platforms{lastContact}", "lastContact\":\"") == 1, "The platform was not reached.");
            await server.EventuallyAsync(async () => (await server.QueryAsync("{policySet{rules{name}}}")).GetRawText().Contains("all", StringComparison.Ordinal), "The set is not in force.");
            using var subscriber = await SubscribeAsync(server);
            await Task.WhenAll(Enumerable.Range(0, Identities).Select(number => BeginAsync(server, $"worker-{number}")));
            Assert.Contains("\"next\"", await ReceiveAsync(subscriber), StringComparison.Ordinal);
        }

        Assert.True(log.Faults.Count == 0, string.Join("\n\n", log.Faults));
        await using var again = await RunningServer.StartAsync(_folder, log, settings);
        await again.EventuallyAsync(async () => await CountAsync(again, "identities(first:100){nodes{platforms{status}}}", "EFFECTIVE") == Identities, "Not all were enforced.");
    }

    private static async Task<ClientWebSocket> SubscribeAsync(RunningServer server)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(new Uri(server.Url.Replace("http", "ws", StringComparison.Ordinal) + "/graphql"), Cancellation);
        await SendAsync(socket, $$$"""{"type":"connection_init","payload":{"Authorization":"Bearer {{{server.Token(RoleNames.Viewer)}}}"}}""");
        await SendAsync(socket, """{"type":"subscribe","id":"1","payload":{"query":"subscription{grantChanged{cursor}}"}}""");
        Assert.Contains("connection_ack", await ReceiveAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancellation);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, Cancellation);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static async Task BeginAsync(RunningServer server, string id)
    {
        await server.QueryAsync(
            "mutation{registerIdentity(input:{identityId:\"" + id + "\",kind:BOT,owner:{person:\"ann\",team:\"ops\"},environment:\"test\","
            + "bindings:[{platform:\"k8s:test\",principal:\"default/" + id + "\",createIfMissing:true}]}){result{__typename}}}");
        var answer = await server.QueryAsync(
            "mutation{requestAccess(input:{identityId:\"" + id + "\",lifetimeSeconds:600,entitlements:[{platform:\"k8s:test\",verbs:[READ],"
            + "resources:[{type:\"configmaps\",container:\"default\",match:ALL}]}]}){result{...on GrantSuccess{grant{status}} ...on Refusal{message}}}}");
        Assert.Contains("ACTIVE", answer.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<int> CountAsync(RunningServer server, string selection, string what) =>
        (await server.QueryAsync("{" + selection + "}")).GetRawText().Split(what).Length - 1;
}
