using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.GraphQL.Transport.Sockets;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.GraphQL.Tests.Transport;

public class SocketTests
{
    private const string Init = """{"type":"connection_init"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_real_graphql_ws_client_queries_mutates_and_subscribes()
    {
        await using var server = await SampleServer.StartAsync();

        var (exitCode, output) = await NodeScript.RunAsync("sockets.mjs", server.Url.ToString(), SampleServer.Token);

        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(exitCode == 0, output);
        Assert.Contains("8 of 8", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("https://portal.example", 101)]
    [InlineData(null, 101)]
    public async Task A_wrong_origin_is_refused_before_the_upgrade(string? origin, int expected)
    {
        await using var server = await SampleServer.StartAsync(options => options.AllowedOrigins.Add("https://portal.example"));

        Assert.Equal(expected, await UpgradeAsync(server, origin, SocketTransport.Protocol));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("graphql-ws")]
    public async Task Another_protocol_is_refused_before_the_upgrade(string? protocol)
    {
        await using var server = await SampleServer.StartAsync();

        Assert.Equal(400, await UpgradeAsync(server, origin: null, protocol));
    }

    [Fact]
    public async Task One_socket_too_many_is_503_until_another_one_goes()
    {
        await using var server = await SampleServer.StartAsync(options => options.Sockets.MaxSockets = 1);
        await using (await SampleSocket.ReadyAsync(server.Url))
            Assert.Equal(503, await UpgradeAsync(server, origin: null, SocketTransport.Protocol));

        await NoSocketsAsync(server);
        await using var next = await SampleSocket.ReadyAsync(server.Url);
    }

    [Theory]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}""", 4401)]
    [InlineData("""{"type":"connection_init"}""", 4401)]
    [InlineData("""{"type":"connection_init","payload":{}}""", 4401)]
    [InlineData("""{"type":"connection_init","payload":{"Authorization":"Bearer wrong"}}""", 4403)]
    [InlineData("""{"type":"connection_init","payload":{"Authorization":""}}""", 4403)]
    [InlineData("""{"type":"connection_init","payload":[]}""", 4400)]
    [InlineData("""{"type":"hello"}""", 4400)]
    [InlineData("""{"type":1}""", 4400)]
    [InlineData("""{"type":"complete"}""", 4400)]
    [InlineData("""{"type":"subscribe","payload":{"query":"{ hello }"}}""", 4400)]
    [InlineData("""{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}""", 4400)]
    [InlineData("[]", 4400)]
    [InlineData("{", 4400)]
    [InlineData("", 4400)]
    [InlineData("{} {}", 4400)]
    public async Task What_an_anonymous_client_may_not_say_closes_the_socket(string message, int code)
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.OpenAsync(server.Url);

        await socket.SendAsync(message);

        Assert.Equal(code, await socket.CloseCodeAsync());
        await NoSocketsAsync(server);
    }

    [Theory]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":7}}""", 4400)]
    [InlineData("""{"type":"subscribe","id":"1"}""", 4400)]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}}""", 4400)]
    [InlineData("""{"type":"connection_init"}""", 4429)]
    public async Task What_a_known_client_may_not_say_closes_the_socket(string message, int code)
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.ReadyAsync(server.Url);

        await socket.SendAsync(message);

        Assert.Equal(code, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task A_second_operation_with_the_same_id_is_4409_and_an_id_is_free_again_after_complete()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.ReadyAsync(server.Url);
        await socket.SubscribeAsync("a", "subscription { wait }");
        await socket.ReceiveAsync();
        await socket.SendAsync("""{"type":"complete","id":"a"}""");
        await socket.SubscribeAsync("a", "subscription { wait }");
        Assert.Equal("next", (await socket.ReceiveAsync()).GetProperty("type").GetString());

        await socket.SubscribeAsync("a", "{ hello }");

        Assert.Equal(4409, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task A_binary_message_is_4400_and_a_large_one_1009_in_whatever_pieces()
    {
        await using var server = await SampleServer.StartAsync(options => options.MaxBodyBytes = 50_000);
        await using var binary = await SampleSocket.ReadyAsync(server.Url);
        await binary.SendAsync(Encoding.UTF8.GetBytes(Init), WebSocketMessageType.Binary);
        Assert.Equal(4400, await binary.CloseCodeAsync());

        await using var large = await SampleSocket.ReadyAsync(server.Url);
        for (var piece = 0; piece < 6; piece++)
            await large.SendAsync(new byte[10_000], WebSocketMessageType.Text, end: false);
        Assert.Equal(1009, await large.CloseCodeAsync());

        await using var early = await SampleSocket.OpenAsync(server.Url);
        await early.SendAsync(WithPayload("x", new string('x', 17_000)));
        Assert.Equal(1009, await early.CloseCodeAsync());
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_4408_in_time()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.OpenAsync(server.Url, SampleServer.Token);
        await Eventually.TrueAsync(() => Task.FromResult(Open(server) == 1), TimeSpan.FromSeconds(5), () => "no socket", Cancellation);

        server.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(4408, await socket.CloseCodeAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_ends_with_its_token(bool byHeader)
    {
        await using var server = await SampleServer.StartAsync();
        var token = server.TokenFor(TimeSpan.FromDays(2));
        await using var socket = await SampleSocket.OpenAsync(server.Url, byHeader ? token : null);
        await socket.SendAsync(byHeader ? Init : WithPayload("authorization", $"bearer {token}"));
        await socket.ReceiveAsync();

        server.Time.Advance(TimeSpan.FromDays(1.9));
        await socket.SendAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await socket.ReceiveAsync()).GetProperty("type").GetString());
        server.Time.Advance(TimeSpan.FromDays(0.2));

        Assert.Equal(4403, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task A_token_that_has_expired_is_not_acknowledged()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.OpenAsync(server.Url, server.TokenFor(TimeSpan.FromSeconds(-5)));

        await socket.SendAsync(Init);

        Assert.Equal(4403, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Operations_over_the_bound_are_refused_one_by_one()
    {
        await using var server = await SampleServer.StartAsync(options => options.Sockets.MaxOperations = 2);
        await using var socket = await SampleSocket.ReadyAsync(server.Url);
        foreach (var id in (string[])["a", "b"])
        {
            await socket.SubscribeAsync(id, "subscription { wait }");
            await socket.ReceiveAsync();
        }

        await socket.SubscribeAsync("c", "{ hello }");

        var error = await socket.ReceiveAsync();
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Equal("c", error.GetProperty("id").GetString());
        Assert.Equal("TOO_MANY_OPERATIONS_ON_SOCKET", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("{ nowhere }", "error")]
    [InlineData("{ hello", "error")]
    [InlineData("{ hello fails }", "next")]
    [InlineData("subscription { breaks }", "next,error")]
    [InlineData("subscription { count(to: 3) }", "next,next,next,complete")]
    [InlineData("mutation { add(a: 1, b: 2) }", "next,complete")]
    public async Task Each_operation_gets_the_messages_that_the_protocol_wants(string query, string types)
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.ReadyAsync(server.Url);

        await socket.SubscribeAsync("1", query);

        foreach (var type in types.Split(','))
        {
            var message = await socket.ReceiveAsync();
            Assert.Equal(type, message.GetProperty("type").GetString());
            Assert.DoesNotContain("hunter2", message.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_stops_its_source_and_is_closed_with_1013()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.ReadyAsync(server.Url);

        await socket.SubscribeAsync("1", "subscription { flood }");

        var seen = -1;
        await Eventually.TrueAsync(async () =>
        {
            var before = seen;
            seen = Volatile.Read(ref SampleCounts.Flooded);
            await Task.Delay(300, Cancellation);
            return seen > 0 && seen == before;
        }, TimeSpan.FromSeconds(15), () => $"The source still runs, at {Volatile.Read(ref SampleCounts.Flooded)} events.", Cancellation);
        server.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1013, await socket.CloseCodeAsync());
        await NoSocketsAsync(server);
    }

    [Fact]
    public async Task A_source_that_minds_nobody_fills_no_more_than_the_bound()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.ReadyAsync(server.Url);

        await socket.SubscribeAsync("1", "subscription { reckless }");

        await NoSocketsAsync(server);
    }

    [Fact]
    public async Task What_was_completed_or_left_behind_is_freed()
    {
        await using var server = await SampleServer.StartAsync();
        var before = Volatile.Read(ref SampleCounts.Followed);
        await using (var socket = await SampleSocket.ReadyAsync(server.Url))
        {
            foreach (var id in (string[])["a", "b"])
            {
                await socket.SubscribeAsync(id, "subscription { wait }");
                await socket.ReceiveAsync();
            }

            Assert.Equal(before + 2, Volatile.Read(ref SampleCounts.Followed));
            await socket.SendAsync("""{"type":"complete","id":"a"}""");
            await FollowedAsync(before + 1);
        }

        await FollowedAsync(before);
        await NoSocketsAsync(server);
    }

    [Fact]
    public async Task A_client_that_vanished_without_a_word_is_freed_by_the_keep_alive()
    {
        await using var server = await SampleServer.StartAsync(options =>
        {
            options.Sockets.KeepAliveInterval = TimeSpan.FromMilliseconds(200);
            options.Sockets.KeepAliveTimeout = TimeSpan.FromMilliseconds(400);
        });
        using var dead = new TcpClient();
        await dead.ConnectAsync(server.Url.Host, server.Url.Port, Cancellation);
        var upgrade = $"GET /graphql HTTP/1.1\r\nHost: {server.Url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
        await dead.GetStream().WriteAsync(Encoding.ASCII.GetBytes(upgrade), Cancellation);
        await Eventually.TrueAsync(() => Task.FromResult(Open(server) == 1), TimeSpan.FromSeconds(5), () => "no socket", Cancellation);

        await NoSocketsAsync(server);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_to_every_socket()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.ReadyAsync(server.Url);
        await socket.SubscribeAsync("1", "subscription { wait }");
        await socket.ReceiveAsync();

        var stopping = server.StopAsync();

        Assert.Equal(1012, await socket.CloseCodeAsync());
        await stopping;
    }

    [Fact]
    public async Task No_token_and_no_document_is_logged()
    {
        await using var server = await SampleServer.StartAsync();
        await using var socket = await SampleSocket.OpenAsync(server.Url);
        await socket.SendAsync(WithPayload("Authorization", $"Bearer {SampleServer.Token}"));
        await socket.ReceiveAsync();
        await socket.SubscribeAsync("1", "{ fails hello(name: \"sesame\") }");
        await socket.ReceiveAsync();

        Assert.DoesNotContain(server.Log.Lines, line =>
            line.Contains(SampleServer.Token, StringComparison.Ordinal) || line.Contains("sesame", StringComparison.Ordinal));
    }

    private static string WithPayload(string name, string value) =>
        JsonSerializer.Serialize(new { type = "connection_init", payload = new Dictionary<string, string> { [name] = value } });

    private static int Open(SampleServer server) => server.Services.GetRequiredService<SocketTransport>().Open;

    private static Task NoSocketsAsync(SampleServer server) => Eventually.TrueAsync(
        () => Task.FromResult(Open(server) == 0), TimeSpan.FromSeconds(15), () => $"{Open(server)} sockets are still open.", Cancellation);

    private static Task FollowedAsync(int expected) => Eventually.TrueAsync(
        () => Task.FromResult(Volatile.Read(ref SampleCounts.Followed) == expected), TimeSpan.FromSeconds(5),
        () => $"{Volatile.Read(ref SampleCounts.Followed)} subscriptions are followed.", Cancellation);

    private static async Task<int> UpgradeAsync(SampleServer server, string? origin, string? protocol)
    {
        try
        {
            await using var socket = await SampleSocket.OpenAsync(server.Url, SampleServer.Token, origin, protocol);
            return 101;
        }
        catch (SampleSocket.RefusedException refused)
        {
            return refused.Status;
        }
    }
}
