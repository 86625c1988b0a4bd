using System.Text.Json;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class QueryTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("ID", false)]
    [InlineData("ID", true)]
    [InlineData("OWNER_TEAM", false)]
    [InlineData("NEXT_EXPIRY", true)]
    public async Task Identities_are_paged_over_all_shards_in_one_order(string field, bool descending)
    {
        var environment = $"paged-{field.ToLowerInvariant().Replace('_', '-')}-{descending.ToString().ToLowerInvariant()}";
        for (var number = 0; number < 57; number++)
            Put($"{environment}-{number:000}", environment, team: $"team-{number % 5}");

        var seen = new List<string>();
        string? after = null;
        for (var pages = 0; pages < 20; pages++)
        {
            var page = (await server.DataAsync(Viewer, """
                query ($environment: String!, $field: IdentityOrderField!, $descending: Boolean!, $after: String) {
                  identities(filter: { environment: $environment }, orderBy: { field: $field, descending: $descending }, first: 10, after: $after) {
                    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { identityId owner { team } } }
                  }
                }
                """, new { environment, field, descending, after })).GetProperty("identities");
            Assert.Equal(57, page.GetProperty("totalCount").GetInt32());
            seen.AddRange(page.GetProperty("edges").EnumerateArray().Select(edge =>
                (field == "OWNER_TEAM" ? edge.GetProperty("node").GetProperty("owner").GetProperty("team").GetString() + " " : "")
                + edge.GetProperty("node").GetProperty("identityId").GetString()));
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                break;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        Assert.Equal(57, seen.Distinct().Count());
        Assert.Equal(descending ? seen.OrderDescending(StringComparer.Ordinal) : seen.Order(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("nonsense", "BAD_CURSOR")]
    [InlineData("aWRlbnRpdGllcy9FbnZpcm9ubWVudC9hc2MKeA", "BAD_CURSOR")]
    [InlineData("", "BAD_CURSOR")]
    public async Task A_cursor_of_another_order_or_none_is_refused(string after, string code) =>
        Assert.Equal(code, await server.ErrorCodeAsync(Viewer, "query ($after: String) { identities(after: $after) { nodes { id } } }", new { after }));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(201)]
    public async Task A_page_size_out_of_bounds_is_refused(int first) =>
        Assert.Equal("INVALID_PAGE_SIZE", await server.ErrorCodeAsync(Viewer, "query ($first: Int) { grants(first: $first) { nodes { id } } }", new { first }));

    [Fact]
    public async Task A_list_of_identities_is_loaded_once_each_and_all_at_the_same_time()
    {
        for (var number = 0; number < 20; number++)
            Put($"parallel-{number:00}", "parallel");
        var (now, most) = (0, 0);
        server.World.WhileReading = async () =>
        {
            var reading = Interlocked.Increment(ref now);
            for (var known = most; reading > known;)
                known = Interlocked.CompareExchange(ref most, reading, known);
            await Task.Delay(100);
            Interlocked.Decrement(ref now);
        };
        server.World.Reads.Clear();

        await server.DataAsync(Viewer, """
            { identities(filter: { environment: "parallel" }) { nodes { id grants { identity { id } } platforms { drift { identity { id } } } } }
              again: identities(filter: { environment: "parallel" }) { nodes { id } } }
            """);
        server.World.WhileReading = null;

        Assert.All(server.World.Reads.Where(read => read.Key.StartsWith("parallel-", StringComparison.Ordinal)), read => Assert.Equal(1, read.Value));
        Assert.True(most >= 15, $"At most {most} of 20 reads ran at the same time.");
    }

    [Fact]
    public async Task A_node_is_found_by_the_id_that_was_answered()
    {
        Put("by-node", "test");
        var id = (await server.DataAsync(Viewer, """{ identity(id: "by-node") { id } }""")).GetProperty("identity").GetProperty("id").GetString();

        var data = await server.DataAsync(Viewer, """
            query ($id: ID!) {
              node(id: $id) { __typename id ... on Identity { identityId bindings { principal } } }
              same: identity(id: $id) { identityId }
              platform: node(id: "Platform:k8s:test") { __typename id }
              none: node(id: "Identity:nobody") { id }
              strange: node(id: "Identity:No Such/Thing") { id }
              unknown: node(id: "Platform:k8s:nowhere") { id }
              empty: node(id: "") { id }
            }
            """, new { id });

        Assert.Equal("Identity", data.GetProperty("node").GetProperty("__typename").GetString());
        Assert.Equal("by-node", data.GetProperty("same").GetProperty("identityId").GetString());
        Assert.Equal("Platform", data.GetProperty("platform").GetProperty("__typename").GetString());
        foreach (var nothing in (string[])["none", "strange", "unknown", "empty"])
            Assert.Equal(JsonValueKind.Null, data.GetProperty(nothing).ValueKind);
    }

    [Fact]
    public async Task Drift_is_paged_with_its_identities_and_then_what_is_unmanaged()
    {
        for (var number = 0; number < 7; number++)
        {
            var id = $"drifted-{number}";
            Put(id, "drifted", status: EnforcementStatus.Drifted);
            server.World.Enforcement[$"k8s:test|{id}"] = new(id, TestServer.Platform, EnforcementStatus.Drifted, 1, 1, "", null,
                [.. Enumerable.Range(0, 3).Select(item => Item(id, $"d{item}"))], 0, null);
        }

        server.World.Platforms[TestServer.Platform] = new(TestServer.Platform, PlatformHealth.Reachable, "", null, null, 1, 0,
            [new("shop/stranger", "digest", [new(new("RoleBinding", "shop/x", "body"), Ownership.Foreign)], DateTimeOffset.UnixEpoch)]);

        var seen = new List<string?>();
        string? after = null;
        for (var pages = 0; pages < 20; pages++)
        {
            var page = (await server.DataAsync(Viewer, """
                query ($after: String) { drift(first: 4, after: $after) {
                  pageInfo { hasNextPage endCursor } nodes { driftId kind identityId principal key observed identity { identityId } } } }
                """, new { after })).GetProperty("drift");
            seen.AddRange(page.GetProperty("nodes").EnumerateArray().Select(node =>
                $"{node.GetProperty("identityId").GetString() ?? node.GetProperty("principal").GetString()} {node.GetProperty("driftId").GetString()} {node.GetProperty("kind").GetString()}"));
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                break;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        var expected = Enumerable.Range(0, 7).SelectMany(number => Enumerable.Range(0, 3).Select(item => $"drifted-{number} drifted-{number}-d{item} EXTRA"));
        Assert.Equal([.. expected, "shop/stranger digest UNMANAGED"], seen);
        var one = await server.DataAsync(Viewer, """{ drift(filter: { identityId: "drifted-3", platform: "k8s:test" }) { nodes { driftId } } }""");
        Assert.Equal(3, one.GetProperty("drift").GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task The_audit_is_paged_without_a_gap_and_later_entries_follow_the_cursor()
    {
        for (var number = 0; number < 30; number++)
            foreach (var identity in (string[])["audited-a", "audited-b"])
                server.World.AuditOf(identity).Append(new($"identity/{identity}", 0, DateTimeOffset.UnixEpoch.AddSeconds(number), "ann", "identity.updated", "because", null, $"{number}",
                    new Dictionary<string, string> { ["n"] = $"{number}" }));

        var (all, end) = await AuditAsync(null, null);
        Assert.True(all.Count >= 60);
        Assert.Equal(all.Count, all.Distinct().Count());
        var (one, _) = await AuditAsync("audited-a", null);
        Assert.Equal(30, one.Count);
        server.World.AuditOf("audited-b").Append(new("enforcement/k8s:test|audited-b", 0, DateTimeOffset.UnixEpoch, "system", "x", "y", null, "z", new Dictionary<string, string>()));
        var (later, _) = await AuditAsync(null, end);
        Assert.Single(later);
        Assert.Equal(31, (await AuditAsync("audited-b", null)).Seen.Count);
    }

    [Fact]
    public async Task Platforms_and_the_policy_set_are_told()
    {
        var data = await server.DataAsync(Viewer, """
            { platforms { platform health } policySet { name version appliedBy inForceSince rules { name effect match { environments resourcePrefix } maxLifetimeSeconds onlyVerbs } } }
            """);

        Assert.Equal(["k8s:test", "k8s:other"], data.GetProperty("platforms").EnumerateArray().Select(platform => platform.GetProperty("platform").GetString()));
        Assert.Equal("1970-01-01T00:00:00.000Z", data.GetProperty("policySet").GetProperty("inForceSince").GetString());
        Assert.Equal("""[{"name":"readers","effect":"PERMIT","match":{"environments":["test"],"resourcePrefix":null},"maxLifetimeSeconds":3600,"onlyVerbs":["LIST","READ"]},{"name":"no-secrets","effect":"DENY","match":{"environments":null,"resourcePrefix":"shop/secrets/"},"maxLifetimeSeconds":null,"onlyVerbs":null}]""",
            data.GetProperty("policySet").GetProperty("rules").GetRawText());
    }

    private async Task<(List<string> Seen, string? End)> AuditAsync(string? identity, string? after)
    {
        var seen = new List<string>();
        for (var pages = 0; pages < 50; pages++)
        {
            var page = (await server.DataAsync(Auditor, """
                query ($identity: String, $after: String) { audit(identityId: $identity, first: 7, after: $after) {
                  pageInfo { hasNextPage endCursor } edges { node { id shard sequence action details { key value } } } } }
                """, new { identity, after })).GetProperty("audit");
            seen.AddRange(page.GetProperty("edges").EnumerateArray().Select(edge => edge.GetProperty("node").GetProperty("id").GetString() ?? ""));
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                break;
        }

        return (seen, after);
    }

    private void Put(string id, string environment, string team = "shop", EnforcementStatus status = EnforcementStatus.Effective) => server.World.Identities[id] = new(
        new(id, new(IdentityKind.Bot, new("ann", team), environment, new Dictionary<string, string>(), [new(TestServer.Platform, $"shop/{id}")]), IdentityStatus.Active, Intent.Empty, [], 1),
        [new(TestServer.Platform, status, 1, "", null, [], null, null, null, Settled: true)], 1);

    private static DriftItem Item(string id, string drift) => new($"{id}-{drift}", id, TestServer.Platform,
        new(DifferenceKind.Extra, "RoleBinding", $"shop/{drift}", Ownership.Foreign, null, "body"), DateTimeOffset.UnixEpoch, null);
}
