using System.Text.Json;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>A <c>kill -9</c> in the middle of telling hundreds of identities that their owner has left (promises 7 and 12).</summary>
[Collection("killed servers")] // Each runs a host of its own: one after the other on two cores.
public class KillWhileDepartingTests
{
    private const int Identities = 400;
    private const int PerDocument = 20;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_identity_hears_of_it_and_none_twice()
    {
        await using var paged = await PagedHost.StartAsync("format: 1\nname: test\nrules:\n- {name: all, effect: permit, match: {platforms: [\"k8s:test\"]}}\n");
        using var ada = await paged.PortalAsync("ada", "admin");
        await Parallel.ForAsync(0, Identities / PerDocument, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (part, _) => await RegisterAsync(ada, part));
        var departed = (await ada.DoAsync("recordDeparture", "... on DepartureSuccess { departure { handoverBy } }", new { person = "bob", handoverDays = 7, reason = "left on Friday" })).GetProperty("departure");

        var before = await UntilSomeAsync(ada);
        await paged.Host.KillAsync();
        var killed = TimeProvider.System.GetUtcNow();
        await paged.Host.StartAsync(Cancellation);

        await Eventually.TrueAsync(async () => (await ada.AskAsync("{ departures { nodes { person told unanswered } } }")).GetRawText().Contains("""{"person":"bob","told":true,"unanswered":[]}""", StringComparison.Ordinal), Soon, () => "not everybody was told", Cancellation);
        await Eventually.TrueAsync(async () => await OrphansAsync(ada) == Identities, Soon, () => "the list of orphans lacks some", Cancellation);
        await AllOwnedByTheirTeamAsync(ada, departed.GetProperty("handoverBy").GetDateTimeOffset());
        var told = await ToldAsync(paged);
        Assert.Equal(Identities, told.Select(one => one.Source).Distinct().Count());
        Assert.Equal(Identities, told.Count);
        Assert.InRange(told.Count(one => one.At < killed), before, Identities - 1); // It was in the middle of it.
    }

    private static async Task RegisterAsync(Portal portal, int part)
    {
        var mutations = Enumerable.Range(part * PerDocument, PerDocument).Select(number =>
            $"m{number}: registerIdentity(input: {{ identityId: \"worker-{number}\", kind: BOT, owner: {{ person: \"bob\", team: \"payments\" }}, environment: \"test\" }}) {{ result {{ __typename }} }}");
        var answer = (await portal.AskAsync($"mutation {{ {string.Join(' ', mutations)} }}")).GetRawText();
        Assert.Equal(PerDocument, answer.Split("IdentitySuccess").Length - 1);
    }

    /// <summary>Until some shards of the catalog are done with, and others are not. Without a pause, since that is over in a moment.</summary>
    /// <returns>How many knew of it at least.</returns>
    private static async Task<int> UntilSomeAsync(Portal portal)
    {
        var since = TimeProvider.System.GetTimestamp();
        int some;
        while ((some = await OrphansAsync(portal)) < Identities / 4)
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Soon, $"{some} were told");
        return some;
    }

    private static async Task<int> OrphansAsync(Portal portal) =>
        (await portal.AskAsync("{ identities(first: 1, filter: { orphaned: true }) { totalCount } }")).GetProperty("identities").GetProperty("totalCount").GetInt32();

    private static async Task AllOwnedByTheirTeamAsync(Portal portal, DateTimeOffset deadline)
    {
        string? after = null;
        do
        {
            var page = (await portal.AskAsync("query ($after: String) { identities(first: 200, after: $after) { nodes { status owner { team } orphaned { person deadline } } pageInfo { hasNextPage endCursor } } }", new { after })).GetProperty("identities");
            foreach (var node in page.GetProperty("nodes").EnumerateArray())
            {
                var orphaned = node.GetProperty("orphaned");
                Assert.Equal(
                    ("ACTIVE", "payments", "bob", deadline),
                    (Portal.Text(node, "status"), Portal.Text(node.GetProperty("owner"), "team"), Portal.Text(orphaned, "person"), orphaned.GetProperty("deadline").GetDateTimeOffset()));
            }

            var info = page.GetProperty("pageInfo");
            after = info.GetProperty("hasNextPage").GetBoolean() ? Portal.Text(info, "endCursor") : null;
        }
        while (after is not null);
    }

    /// <summary>Of every entry that tells an identity of it: whose it is, and when. The whole log is verified on the way.</summary>
    private static async Task<IReadOnlyList<(string Source, DateTimeOffset At)>> ToldAsync(PagedHost paged)
    {
        var token = await paged.Host.TokenAsync("--role", "auditor", "--subject", "audit");
        var file = Path.Combine(paged.Folder, "audit.jsonl");
        var exported = await HostProcess.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["NHIGRAINS_TOKEN"] = token }, "audit", "export", "--url", paged.Host.Url.ToString(), "--out", file);
        Assert.True(exported.Code == 0, exported.Output);
        return
        [
            .. (await File.ReadAllLinesAsync(file, Cancellation)).Skip(1)
                .Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("event"))
                .Where(change => Portal.Text(change, "action") == "identity.orphaned")
                .Select(change => (Portal.Text(change, "source"), change.GetProperty("at").GetDateTimeOffset())),
        ];
    }
}
