using NhiGrains.Contracts.Notifications;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class NotificationSinkTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Sinks = "{ notificationSinks { name pending failing lastSuccess lastError lastErrorAt skipped skippedIds } }";

    [Fact]
    public async Task A_sink_is_shown_as_all_shards_of_the_log_know_it()
    {
        var noon = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        server.World.Notifications[NotificationKeys.Of("pager", 3)] = new(2, noon, 0, "older", noon.AddHours(-1), 1, "3/41");
        server.World.Notifications[NotificationKeys.Of("pager", 7)] = new(5, noon.AddMinutes(1), 4, "newer", noon.AddHours(1), 2, "7/9");

        var data = await server.DataAsync(Operator, Sinks);

        Assert.Equal(
            """
            {"notificationSinks":[{"name":"pager","pending":7,"failing":true,"lastSuccess":"2026-11-24T12:01:00.000Z","lastError":"newer","lastErrorAt":"2026-11-24T13:00:00.000Z","skipped":3,"skippedIds":["3/41","7/9"]},{"name":"siem","pending":0,"failing":false,"lastSuccess":null,"lastError":null,"lastErrorAt":null,"skipped":0,"skippedIds":[]}]}
            """,
            data.GetRawText());
        await server.DataAsync(Auditor, Sinks);
        Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(Viewer, Sinks));
    }
}
