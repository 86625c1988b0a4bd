using System.Text.Json.Nodes;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Gcp.Tests.Policies;

/// <summary>Many writers of one policy, of ours and of others, on two connectors that know nothing of each other.</summary>
public class ManyWritersTests : GcpTests
{
    private const int Writers = 64;
    private const string Policy = $"v3/projects/{GcpTarget.Project}";

    [Fact]
    public async Task Sixty_four_writers_at_once_on_one_policy_lose_nothing_of_anybodys()
    {
        foreach (var number in Enumerable.Range(1, Writers))
            await Target.Hands.CreateAccountAsync($"writer-{number}");
        var (services, other) = GcpTarget.ConnectorFor(Target.Options(Target.Proxy.Address));
        await using var end = services;
        await BystandersAsync(0);
        await Target.Hands.DoAsync("POST", $"{Policy}:setIamPolicy", new JsonObject
        {
            ["policy"] = new JsonObject { ["auditConfigs"] = new JsonArray(new JsonObject { ["service"] = "allServices", ["auditLogConfigs"] = new JsonArray(new JsonObject { ["logType"] = "DATA_READ" }) }) },
            ["updateMask"] = "auditConfigs",
        });

        var ours = Enumerable.Range(1, Writers).Select(number => ApplyAsync(number % 2 == 0 ? Target.Connector : other, Desired(number)));
        var theirs = Enumerable.Range(1, 4).Select(BystandersAsync);
        await Task.WhenAll(ours.Concat(theirs));

        await AssertAsync(_ => true, bystanders: 5);

        var revoked = Enumerable.Range(1, Writers).Where(number => number % 3 == 0).Select(number => ApplyAsync(number % 2 == 0 ? Target.Connector : other, Desired(number) with { Generation = 3, Entitlements = [] }));
        await Task.WhenAll(revoked.Append(BystandersAsync(5)));

        await AssertAsync(number => number % 3 != 0, bystanders: 6);
    }

    [Theory]
    [InlineData(true)] // It was carried out,
    [InlineData(false)] // it was not.
    public async Task A_write_of_a_policy_without_an_answer_is_looked_for_before_it_is_written_again(bool carriedOut)
    {
        await Target.Hands.CreateAccountAsync("writer-1");
        await ApplyAsync(Target.Connector, Desired(1) with { Entitlements = [] });
        static bool Sets(TestKit.Faults.PassedRequest request) => request.Target.Contains($"{GcpTarget.Project}:setIamPolicy", StringComparison.Ordinal);
        using var lost = Target.Proxy.Inject(carriedOut ? new TestKit.Faults.Fault.DropAfter() : new TestKit.Faults.Fault.DropBefore(), Sets, times: 1);

        await ApplyAsync(Target.Faulty, Desired(1) with { Generation = 3 });

        Assert.Equal(carriedOut ? 1 : 2, Target.Proxy.Passed.Count(Sets));
        Assert.Single((await Target.Hands.PolicyAsync(Policy))["bindings"]?.AsArray().OfType<JsonNode>() ?? [], binding => Title(binding)?.StartsWith("nhi:writer-1:", StringComparison.Ordinal) == true);
    }

    /// <summary>What the writers wrote is there, or not any more, and everything of the bystanders.</summary>
    private async Task AssertAsync(Func<int, bool> given, int bystanders)
    {
        var policy = await Target.Hands.PolicyAsync(Policy);
        Assert.Equal("allServices", policy["auditConfigs"]?[0]?["service"]?.GetValue<string>());
        var bindings = policy["bindings"]?.AsArray().OfType<JsonNode>().ToArray() ?? [];
        foreach (var number in Enumerable.Range(1, Writers))
            Assert.Equal(given(number) ? 1 : 0, bindings.Count(binding => Title(binding)?.StartsWith($"nhi:writer-{number}:", StringComparison.Ordinal) == true && Members(binding) == $"serviceAccount:{GcpTarget.EmailOf($"writer-{number}")}"));
        foreach (var number in Enumerable.Range(0, bystanders))
        {
            Assert.Single(bindings, binding => Title(binding) == $"office hours {number}" && binding["condition"]?["expression"]?.GetValue<string>() == Expression(number));
            Assert.Single(bindings, binding => Title(binding) is null && binding["role"]?.GetValue<string>() == "roles/run.viewer" && Members(binding).Contains($"user:person-{number}@example.com", StringComparison.Ordinal));
        }
    }

    private Task BystandersAsync(int number) => Task.WhenAll(
        Target.Hands.BindAsync(Policy, "roles/pubsub.viewer", $"user:person-{number}@example.com", Expression(number), $"office hours {number}"),
        Target.Hands.BindAsync(Policy, "roles/run.viewer", $"user:person-{number}@example.com"));

    private static string Expression(int number) => $"request.time < timestamp(\"209{number}-01-01T00:00:00Z\")";

    private static DesiredState Desired(int number) => new(
        $"writer-{number}", GcpTarget.PlatformId, new(GcpTarget.PlatformId, GcpTarget.EmailOf($"writer-{number}")), 2, PrincipalWanted: true,
        [new(new(GcpTarget.PlatformId, [Verb.Write], [new("pubsub-topic", "", ResourceMatch.All, null)], Conditions.None), "g1", DateTimeOffset.UnixEpoch.AddYears(100))], []);

    private static async Task ApplyAsync(IPlatformConnector connector, DesiredState desired) => await connector.ApplyAsync(
        desired, connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: false)), ConnectorTarget.Valid(), Cancellation);

    private static string? Title(JsonNode binding) => binding["condition"]?["title"]?.GetValue<string>();

    private static string Members(JsonNode binding) => string.Join(' ', binding["members"]?.AsArray().Select(member => member?.GetValue<string>()) ?? []);
}
