using System.Text.Json;
using NhiGrains.GraphQL.Tests.Transport;
using NhiGrains.GraphQL.Tests.World;

namespace NhiGrains.GraphQL.Tests.Feed;

public sealed class SubscriptionTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Viewer = "vera:viewer";
    private static readonly JsonElement None = JsonSerializer.SerializeToElement(new { });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_real_graphql_ws_client_resumes_after_each_cut_without_a_gap_or_a_duplicate()
    {
        const int count = 400;
        var start = await CursorAsync();
        var writing = AppendGrantsAsync("cut", count);

        var (exitCode, output) = await NodeScript.RunAsync("feed.mjs", server.Url.ToString(), Viewer, start, $"{count}");

        await writing;
        Assert.True(exitCode == 0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(string.Join(',', Enumerable.Range(0, count)), lines[0]);
        Assert.Matches("^[1-9][0-9]+ sockets$", lines[1]);
    }

    [Fact]
    public async Task Drift_is_told_with_what_differs_and_filtered()
    {
        await using var socket = await SampleSocket.ReadyAsync(server.Url, Viewer);
        await SubscribeAsync(socket, "1", """
            subscription ($after: String) { driftDetected(after: $after, filter: { platform: "k8s:test", kinds: [EXTRA, CHANGED] }) {
              cursor at actor why driftId kind platform identityId principal objectKind key ownership desired observed identity { id } } }
            """, await CursorAsync());
        Drift("nobody", "k8s:test", "Missing");
        Drift("nobody", "k8s:other", "Extra");
        Drift("nobody", "k8s:test", "Extra");

        var change = (await NextAsync(socket)).GetProperty("driftDetected");

        Assert.NotEqual("", change.GetProperty("cursor").GetString());
        Assert.Equal("EXTRA", change.GetProperty("kind").GetString());
        Assert.Equal("FOREIGN", change.GetProperty("ownership").GetString());
        Assert.Equal("shop/x", change.GetProperty("key").GetString());
        Assert.Equal(JsonValueKind.Null, change.GetProperty("identity").ValueKind);
    }

    [Fact]
    public async Task What_is_unmanaged_is_told_without_an_identity()
    {
        await using var socket = await SampleSocket.ReadyAsync(server.Url, Viewer);
        await SubscribeAsync(socket, "1", "subscription ($after: String) { driftDetected(after: $after, filter: { kinds: UNMANAGED }) { kind principal identityId } }", await CursorAsync());
        server.World.Audit[4].Append(new("platform/k8s:test", 0, DateTimeOffset.UnixEpoch, "system", "drift.detected", "seen", null, "a",
            new Dictionary<string, string> { ["platform"] = "k8s:test", ["kind"] = "Unmanaged", ["principal"] = "shop/stranger" }));

        Assert.Equal("""{"kind":"UNMANAGED","principal":"shop/stranger","identityId":null}""", (await NextAsync(socket)).GetProperty("driftDetected").GetRawText());
    }

    [Fact]
    public async Task A_grant_is_followed_through_its_life()
    {
        await using var socket = await SampleSocket.ReadyAsync(server.Url, "bot:/followed");
        await SubscribeAsync(socket, "1", """
            subscription ($after: String) { grantChanged(after: $after, filter: { identityId: "followed", status: [ACTIVE, REVOKED] }) { action status grantId identityId expiresAt residualUntil } }
            """, await CursorAsync());
        Grant("followed", "g1", "grant.active", new() { ["status"] = "Active", ["expiresAt"] = "2026-11-24T10:00:00.000Z" });
        Grant("other", "g1", "grant.active", new() { ["status"] = "Active" });
        Grant("followed", "g1", "grant.revoking", new() { ["status"] = "Revoking" });
        Grant("followed", "g1", "grant.revoked", new() { ["status"] = "Revoked", ["residualUntil"] = "2026-11-24T10:00:10.000Z" });

        Assert.Equal("""{"action":"grant.active","status":"ACTIVE","grantId":"g1","identityId":"followed","expiresAt":"2026-11-24T10:00:00.000Z","residualUntil":null}""",
            (await NextAsync(socket)).GetProperty("grantChanged").GetRawText());
        Assert.Equal("2026-11-24T10:00:10.000Z", (await NextAsync(socket)).GetProperty("grantChanged").GetProperty("residualUntil").GetString());
    }

    [Theory]
    [InlineData("vera:viewer", """subscription { grantChanged(after: "x") { cursor } }""", "BAD_CURSOR")]
    [InlineData("nora:", "subscription { driftDetected { cursor } }", "FORBIDDEN")]
    [InlineData("bot:/me", """subscription { grantChanged(filter: { identityId: "you" }) { cursor } }""", "FORBIDDEN")]
    public async Task What_cannot_be_followed_is_an_error_of_the_operation(string token, string query, string code)
    {
        await using var socket = await SampleSocket.ReadyAsync(server.Url, token);

        await socket.SubscribeAsync("1", query);

        var message = await socket.ReceiveAsync();
        Assert.Equal("error", message.GetProperty("type").GetString());
        Assert.Equal(code, message.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
    }

    private static Task SubscribeAsync(SampleSocket socket, string id, string query, string after) =>
        socket.SendAsync(JsonSerializer.Serialize(new { id, type = "subscribe", payload = new { query, variables = new { after } } }));

    private static async Task<JsonElement> NextAsync(SampleSocket socket)
    {
        var message = await socket.ReceiveAsync();
        Assert.True(message.GetProperty("type").GetString() == "next", message.GetRawText());
        return message.GetProperty("payload").TryGetProperty("data", out var data) ? data : None;
    }

    private async Task<string> CursorAsync()
    {
        var page = await server.DataAsync("anna:auditor", "{ audit(first: 200) { pageInfo { hasNextPage endCursor } } }");
        while (page.GetProperty("audit").GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
            page = await server.DataAsync("anna:auditor", "query ($after: String) { audit(first: 200, after: $after) { pageInfo { hasNextPage endCursor } } }",
                new { after = page.GetProperty("audit").GetProperty("pageInfo").GetProperty("endCursor").GetString() });
        return page.GetProperty("audit").GetProperty("pageInfo").GetProperty("endCursor").GetString() ?? "";
    }

    private async Task AppendGrantsAsync(string identity, int count)
    {
        for (var number = 0; number < count; number++)
        {
            Grant(identity, $"{number}", "grant.active", new() { ["status"] = "Active" });
            Grant("noise", "x", "grant.active", new() { ["status"] = "Active" });
            await Task.Delay(5, Cancellation);
        }
    }

    private void Grant(string identity, string grant, string action, Dictionary<string, string> details)
    {
        details["grant"] = grant;
        server.World.AuditOf(identity).Append(new($"identity/{identity}", 0, DateTimeOffset.UnixEpoch, "system", action, "because", null, "after", details));
    }

    private void Drift(string identity, string platform, string kind) => server.World.AuditOf(identity).Append(new(
        $"enforcement/{platform}|{identity}", 0, DateTimeOffset.UnixEpoch, "system", "drift.detected", "seen", null, "after", new Dictionary<string, string>
        {
            ["identity"] = identity, ["platform"] = platform, ["drift"] = "d1", ["kind"] = kind, ["objectKind"] = "RoleBinding",
            ["key"] = "shop/x", ["ownership"] = "Foreign", ["observed"] = "body", ["principal"] = "shop/bot",
        }));
}
