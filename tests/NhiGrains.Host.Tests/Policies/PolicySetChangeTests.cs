using System.Text.Json;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;

namespace NhiGrains.Host.Tests.Policies;

/// <summary>Policy sets over GraphQL on a whole server, beside the policy file.</summary>
public sealed class PolicySetChangeTests : IDisposable
{
    private const string NoStanding = "- {name: none-standing, effect: deny, match: {standing: true}}";
    private const string NoBots = "- {name: no-bots, effect: deny, match: {kinds: [bot]}}";

    private const string Selection = "result{... on PolicySetSuccess{applied warnings problems{path line column message} diff{rules{name change}} policySet{version appliedBy}} ... on Refusal{code remedy}}";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-policy-").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string PolicyFile => Path.Combine(_folder, "policy.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_set_is_checked_compared_applied_and_rolled_back()
    {
        await using var server = await RunningServer.StartAsync(Data);
        var problems = (await ApplyAsync(server, PolicyText.WithRules("- {name: x, effect: maybe, match: {standing: true}}"))).GetProperty("problems")[0];
        Assert.Equal(("policy.yaml", 4, 21), (problems.GetProperty("path").GetString(), problems.GetProperty("line").GetInt32(), problems.GetProperty("column").GetInt32()));

        var first = await ApplyAsync(server, PolicyText.WithRules(NoStanding));
        var second = await ApplyAsync(server, PolicyText.WithRules(NoBots), expected: Version(first));
        var conflict = await ApplyAsync(server, PolicyText.WithRules(NoStanding), expected: Version(first));
        var back = await MutateAsync(server, $$"""rollbackPolicySet(input:{version:"{{Version(first)}}",why:"a mistake",expectedVersion:"{{Version(second)}}"})""");

        Assert.Equal("""[{"name":"no-bots","change":"ADDED"},{"name":"none-standing","change":"REMOVED"}]""", second.GetProperty("diff").GetProperty("rules").GetRawText());
        Assert.Equal("POLICY_CONFLICT", conflict.GetProperty("code").GetString());
        Assert.Equal(Version(first), Version(back));
        var versions = await server.QueryAsync("{policySetVersions{nodes{number by why isRollback}}}");
        Assert.Equal(
            """{"policySetVersions":{"nodes":[{"number":3,"by":"tester","why":"a mistake","isRollback":true},{"number":2,"by":"tester","why":"w","isRollback":false},{"number":1,"by":"tester","why":"w","isRollback":false}]}}""",
            versions.GetRawText());
    }

    [Fact]
    public async Task A_file_that_did_not_change_takes_nothing_back_that_was_applied_since_and_says_so()
    {
        await File.WriteAllTextAsync(PolicyFile, PolicyText.WithRules(NoStanding), TestContext.Current.CancellationToken);
        string applied;
        await using (var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile)))
        {
            await server.EventuallyAsync(async () => await RulesAsync(server) == "none-standing", "The file is not in force.");
            applied = Version(await ApplyAsync(server, PolicyText.WithRules(NoBots)));
        }

        await using var again = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile));
        var ofFile = PolicyText.Valid(NoStanding).Version;
        await UntilTextAsync(again, $"use the mutation rollbackPolicySet with {ofFile};");
        await again.ReadyAsync();
        Assert.StartsWith("Degraded\nThe policy file says what was in force before", await TextAsync(again, "/health/ready"), StringComparison.Ordinal);
        Assert.Equal(applied, (await again.QueryAsync("{policySet{version}}")).GetProperty("policySet").GetProperty("version").GetString());

        await MutateAsync(again, $$"""rollbackPolicySet(input:{version:"{{ofFile}}",why:"what the file says"})""");
        await UntilTextAsync(again, $"\"appliedVersion\":\"{ofFile}\",\"problems\":[],\"notApplied\":null");
        await File.WriteAllTextAsync(PolicyFile, PolicyText.WithRules($"{NoStanding}\n{NoBots}"), TestContext.Current.CancellationToken);
        await again.EventuallyAsync(async () => await RulesAsync(again) == "none-standing no-bots", "The file that changed is not in force.");
    }

    [Fact]
    public async Task A_process_that_starts_with_an_older_folder_undoes_nothing_and_a_folder_that_goes_back_while_it_runs_is_put_in_force()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "policies")).FullName;
        Task WriteAsync(string rules) => File.WriteAllTextAsync(Path.Combine(folder, "main.yaml"), PolicyText.WithRules(rules), TestContext.Current.CancellationToken);
        await WriteAsync(NoStanding);
        await using (var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, folder)))
        {
            await server.EventuallyAsync(async () => await RulesAsync(server) == "none-standing", "The folder is not in force.");
            await WriteAsync(NoBots);
            await server.EventuallyAsync(async () => await RulesAsync(server) == "no-bots", "The folder that changed is not in force.");
        }

        await WriteAsync(NoStanding); // As a silo has it that was not updated.
        await using var old = await RunningServer.StartAsync(Data, (SettingKeys.Policy, folder));
        await UntilTextAsync(old, $"says version {PolicyText.Valid(NoStanding).Version}, which was in force before");
        Assert.Equal("no-bots", await RulesAsync(old));

        await WriteAsync(NoBots);
        await UntilTextAsync(old, "\"notApplied\":null");
        await WriteAsync(NoStanding);
        await old.EventuallyAsync(async () => await RulesAsync(old) == "none-standing", "The folder that was put back is not in force.");
    }

    [Fact]
    public async Task Nobody_is_locked_out_by_mistake_and_only_those_who_are_named_change_the_policy()
    {
        await using var server = await RunningServer.StartAsync(Data);
        var nobody = PolicyText.WithRules(NoStanding) + "administrators: {groups: [nobody-is-in-it]}\n";
        var named = PolicyText.WithRules(NoStanding) + "administrators: {people: [tester]}\n";
        var others = PolicyText.WithRules(NoStanding) + "administrators: {people: [somebody-else]}\n";

        Assert.Equal("POLICY_LOCKOUT", (await ApplyAsync(server, nobody)).GetProperty("code").GetString());
        Assert.Equal(0, (await ApplyAsync(server, named)).GetProperty("warnings").GetArrayLength());
        Assert.Equal("POLICY_LOCKOUT", (await ApplyAsync(server, others)).GetProperty("code").GetString()); // Nobody is known by that name.
        await server.QueryAsync("""mutation{setGroupMembers(input:{group:"ops",add:["somebody-else"]}){result{...on Refusal{code}}}}""");
        Assert.Equal(1, (await ApplyAsync(server, others)).GetProperty("warnings").GetArrayLength());
        Assert.Equal("NOT_POLICY_ADMINISTRATOR", (await ApplyAsync(server, named)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_lockout_that_is_meant_is_possible_and_the_file_is_a_way_back()
    {
        await using var server = await RunningServer.StartAsync(Data, (SettingKeys.Policy, PolicyFile));
        Assert.True((await ApplyAsync(server, PolicyText.WithRules(NoBots) + "administrators: {groups: [none]}\n", "overrideLockout:true")).GetProperty("applied").GetBoolean());

        await File.WriteAllTextAsync(PolicyFile, PolicyText.WithRules(NoStanding) + "administrators: {groups: [none]}\n", TestContext.Current.CancellationToken);
        await server.EventuallyAsync(async () => (await TextAsync(server)).Contains("Nobody could change the policy again", StringComparison.Ordinal), "The lockout is not told.");
        await File.WriteAllTextAsync(PolicyFile, PolicyText.WithRules(NoStanding), TestContext.Current.CancellationToken);

        await server.EventuallyAsync(async () => await RulesAsync(server) == "none-standing", "The file is not in force.");
        Assert.True((await ApplyAsync(server, PolicyText.WithRules(NoBots))).GetProperty("applied").GetBoolean());
    }

    [Fact]
    public async Task A_simulation_looks_at_every_identity_and_an_export_has_what_each_set_says()
    {
        await using var server = await RunningServer.StartAsync(Data);
        await server.ReadyAsync();
        await server.QueryAsync("""mutation{registerIdentity(input:{identityId:"one",kind:BOT,owner:{person:"ann",team:"ops"},environment:"test"}){idempotencyKey}}""");
        await ApplyAsync(server, PolicyText.WithRules(NoStanding));

        var simulated = (await server.QueryAsync(
            "mutation{simulatePolicySet(input:{documents:[" + Document(PolicyText.WithRules(NoBots)) + "],waitSeconds:20}){result{... on PolicySimulationSuccess{diff{rules{name}} simulation{id status examined affected findings{totalCount}}}}}}"))
            .GetProperty("simulatePolicySet").GetProperty("result").GetProperty("simulation");

        Assert.Equal(("DONE", 1, 0), (simulated.GetProperty("status").GetString(), simulated.GetProperty("examined").GetInt32(), simulated.GetProperty("affected").GetInt32()));
        using var export = await server.GetAsync("/audit/export", RoleNames.Auditor);
        var lines = await export.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("policy-set.content", lines, StringComparison.Ordinal);
        Assert.True(lines.IndexOf("policy-set.content", StringComparison.Ordinal) < lines.IndexOf("policy-set.applied", StringComparison.Ordinal));
        Assert.DoesNotContain("no-bots", lines, StringComparison.Ordinal); // It was never in force.
    }

    private static string Version(JsonElement result) => result.GetProperty("policySet").GetProperty("version").GetString() ?? "";

    private static string Document(string content) => $$"""{path:"policy.yaml",content:{{JsonSerializer.Serialize(content)}}}""";

    private static Task<JsonElement> ApplyAsync(RunningServer server, string content, string? more = null, string? expected = null) =>
        MutateAsync(server, "applyPolicySet(input:{why:\"w\",documents:[" + Document(content) + "]" + (expected is null ? "" : $",expectedVersion:\"{expected}\"") + (more is null ? "" : $",{more}") + "})");

    private static async Task<JsonElement> MutateAsync(RunningServer server, string mutation) =>
        (await server.QueryAsync($"mutation{{{mutation}{{{Selection}}}}}")).EnumerateObject().Single().Value.GetProperty("result");

    private static async Task<string> RulesAsync(RunningServer server) => string.Join(' ',
        (await server.QueryAsync("{policySet{rules{name}}}")).GetProperty("policySet").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("name").GetString()));

    private static Task UntilTextAsync(RunningServer server, string part) =>
        server.EventuallyAsync(async () => (await TextAsync(server)).Contains(part, StringComparison.Ordinal), $"It does not say: {part}");

    private static async Task<string> TextAsync(RunningServer server, string path = "/policy/file")
    {
        using var answer = await server.GetAsync(path, RoleNames.Operator);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
