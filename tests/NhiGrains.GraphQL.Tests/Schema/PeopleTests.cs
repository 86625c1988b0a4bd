using System.Text.Json;
using NhiGrains.Contracts.People;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class PeopleTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_group_shows_who_is_in_it_who_is_away_who_acts_for_whom_and_who_has_left()
    {
        await DoAsync("root:admin", """setGroupMembers(input: { group: "payments", add: ["ada", "bob", "eve"] }) { result { ... on GroupSuccess { group { name } } } }""");
        await DoAsync("ada:approver", """delegateApprovals(input: { to: "bob", until: "2999-01-01T00:00:00Z" }) { result { ... on Refusal { code } } }""");
        await DoAsync("ada:approver", $$"""delegateApprovals(input: { to: "bob", until: "{{Instant(10)}}" }) { result { ... on DelegationSuccess { delegations { from to } } } }""");
        await DoAsync("ada:viewer", $$"""setAbsence(input: { since: "{{Instant(1)}}", until: "{{Instant(5)}}" }) { result { ... on AbsenceSuccess { absence { person } } } }""");
        await DoAsync("olga:operator", """recordDeparture(input: { person: "eve", handoverDays: 2 }) { result { ... on DepartureSuccess { departure { person } } } }""");

        var data = await server.DataAsync(Viewer, """
            { group(name: "payments") { members { person departedAt absence { until } delegates { to } } }
              groups(first: 1) { totalCount nodes { name } }
              delegations { nodes { from to } }
              departures { nodes { person told } }
              none: group(name: "nobody") { name } }
            """);

        var members = data.GetProperty("group").GetProperty("members").EnumerateArray().ToArray();
        Assert.Equal(["ada", "bob", "eve"], members.Select(member => Text(member, "person")));
        Assert.Equal([false, false, true], members.Select(member => Text(member, "departedAt") is not null));
        Assert.Equal([true, false, false], members.Select(member => member.GetProperty("absence").ValueKind == JsonValueKind.Object));
        Assert.Equal("bob", Text(members[0].GetProperty("delegates")[0], "to"));
        Assert.Equal("payments", Text(data.GetProperty("groups").GetProperty("nodes")[0], "name"));
        Assert.Equal(("ada", "bob"), (Text(data.GetProperty("delegations").GetProperty("nodes")[0], "from"), Text(data.GetProperty("delegations").GetProperty("nodes")[0], "to")));
        Assert.Contains("""{"person":"eve","told":true}""", data.GetProperty("departures").GetProperty("nodes").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, data.GetProperty("none").ValueKind);
    }

    [Theory]
    [InlineData("olga:operator", """setGroupMembers(input: { group: "ops", add: ["x"] })""")]
    [InlineData("rita:requester", """delegateApprovals(input: { to: "x" })""")]
    [InlineData("anna:approver", """recordDeparture(input: { person: "x" })""")]
    [InlineData("anna:approver", """recordReturn(input: { person: "x" })""")]
    [InlineData("bot:/billing", """setAbsence(input: { })""")]
    [InlineData("bot:/billing", """delegateApprovals(input: { to: "x" })""")]
    public async Task Who_has_not_the_role_changes_nothing_of_people(string token, string call) =>
        Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(token, "mutation { " + call + " { idempotencyKey } }"));

    [Theory]
    [InlineData("ann:approver", """delegateApprovals(input: { from: "zoe", to: "x", until: "2999-01-01T00:00:00Z" })""", "NOT_FOR_OTHERS")]
    [InlineData("ann:viewer", """setAbsence(input: { person: "zoe" })""", "NOT_FOR_OTHERS")]
    [InlineData("bot:approver/billing", """delegateApprovals(input: { to: "x" })""", "NOT_A_PERSON")]
    [InlineData("ann:approver", """delegateApprovals(input: { to: "identity:billing", until: "2999-01-01T00:00:00Z" })""", "NOT_A_PERSON")]
    [InlineData("ann:approver", """delegateApprovals(input: { to: "ann", until: "2999-01-01T00:00:00Z" })""", "DELEGATION_TO_ONESELF")]
    [InlineData("root:admin", """delegateApprovals(input: { from: "zoe", to: "x", until: "2999-01-01T00:00:00Z" })""", "PERIOD_TOO_LONG")]
    [InlineData("root:admin", """setGroupMembers(input: { group: "", add: ["x"] })""", "INVALID_GROUP")]
    [InlineData("olga:operator", """recordDeparture(input: { person: "x", handoverDays: 2147483647 })""", "INVALID_HANDOVER")]
    [InlineData("olga:operator", """recordDeparture(input: { person: "x", handoverDays: -1 })""", "INVALID_HANDOVER")]
    public async Task What_cannot_be_is_refused_by_a_code(string token, string call, string code)
    {
        var data = await server.DataAsync(token, "mutation { " + call + " { result { ... on Refusal { code } } } }");

        Assert.Equal(code, Text(data.EnumerateObject().Single().Value.GetProperty("result"), "code"));
    }

    [Fact]
    public async Task A_departure_has_two_weeks_unless_it_is_said_otherwise_and_names_who_recorded_it()
    {
        await DoAsync("olga:operator", """recordDeparture(input: { person: "gone", reason: "left" }) { result { ... on DepartureSuccess { departure { told } } } }""");

        var envelope = server.World.DirectoryCommands.Last(one => one.Command is DirectoryCommand.RecordDeparture { Person: "gone" });
        Assert.Equal(("olga", new DirectoryCommand.RecordDeparture("gone", TimeSpan.FromDays(14), "left")), (envelope.Actor, envelope.Command));
        server.World.Reviews = [new("gone", 3, ["mute"])];
        var node = (await server.DataAsync(Viewer, """{ departures { nodes { person told unanswered } } }""")).GetProperty("departures").GetProperty("nodes").EnumerateArray().Single(one => Text(one, "person") == "gone");
        Assert.Equal("""{"person":"gone","told":false,"unanswered":["mute"]}""", node.GetRawText());
    }

    [Fact]
    public async Task Orphans_are_a_list_and_an_identity_says_under_which_policy_it_was_registered()
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "orphan" });
        await server.DataAsync(Operator, RegisterIdentity, new { id = "owned" });
        var view = server.World.Identities["orphan"];
        server.World.Identities["orphan"] = view with
        {
            Identity = view.Identity with { Orphaned = new("gone", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(14)), RegisteredUnder = "v1" },
        };

        var data = await server.DataAsync(Viewer, """
            { identities(filter: { orphaned: true }) { nodes { identityId registeredUnder orphaned { person since deadline } } }
              others: identities(filter: { orphaned: false, idContains: "owned" }) { nodes { identityId orphaned { person } } } }
            """);

        Assert.Equal(
            """[{"identityId":"orphan","registeredUnder":"v1","orphaned":{"person":"gone","since":"1970-01-01T00:00:00.000Z","deadline":"1970-01-15T00:00:00.000Z"}}]""",
            data.GetProperty("identities").GetProperty("nodes").GetRawText());
        Assert.Equal("""[{"identityId":"owned","orphaned":null}]""", data.GetProperty("others").GetProperty("nodes").GetRawText());
    }

    private async Task DoAsync(string token, string call) => await server.DataAsync(token, "mutation { " + call + " }");

    private static string Instant(int days) => Domain.Canonical.Instant(TimeProvider.System.GetUtcNow().AddDays(days));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
