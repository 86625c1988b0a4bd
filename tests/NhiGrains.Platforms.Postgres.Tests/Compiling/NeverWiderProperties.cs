using CsCheck;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Tests.Compiling;

/// <summary>
/// Promise 5, by an oracle that says of a single question whether anybody asked for it, against what the real server's authorizer says.
/// What each set really allows is asked of the server once, for every privilege on every object; what an identity is allowed is what
/// its sets are, since a role has what the roles that it is in have. A sample goes the whole way through the connector.
/// </summary>
public class NeverWiderProperties(Cluster cluster, ITestOutputHelper output) : PostgresTests(cluster)
{
    private static readonly Dictionary<string, string[]> Privileges = new(StringComparer.Ordinal)
    {
        ["table"] = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
        ["sequence"] = ["SELECT", "USAGE", "UPDATE"],
        ["function"] = ["EXECUTE"],
        ["schema"] = ["USAGE", "CREATE"],
        ["database"] = ["CONNECT", "CREATE", "TEMPORARY"],
    };

    private static readonly Dictionary<(string Type, Verb Verb), string[]> Asks = new()
    {
        [("table", Verb.Read)] = ["SELECT"], [("table", Verb.Write)] = ["INSERT", "UPDATE"], [("table", Verb.Delete)] = ["DELETE"],
        [("sequence", Verb.Read)] = ["SELECT"], [("sequence", Verb.Write)] = ["UPDATE", "USAGE"], [("sequence", Verb.Invoke)] = ["USAGE"],
        [("function", Verb.Invoke)] = ["EXECUTE"], [("schema", Verb.List)] = ["USAGE"],
    };

    private string Other => $"{Target.Schema}_x";

    [Fact]
    public async Task A_question_is_answered_with_yes_exactly_when_an_entitlement_asks_for_it()
    {
        var resources = await MakeObjectsAsync();
        var (counts, allowedBy) = (new System.Collections.Concurrent.ConcurrentDictionary<string, int>(), await WhatSetsAllowAsync(resources));
        var universe = Universe(resources).ToArray();
        var questions = 0L;

        Asked(resources).Array[1, 4].Sample(entitlements =>
        {
            var plan = Plan(entitlements);
            counts.AddOrUpdate(plan.Fidelity.GetType().Name, 1, (_, count) => count + 1);
            if (plan.Fidelity is Fidelity.Refused)
                return plan.Objects.Count == 0 && entitlements.Any(IsRefused);
            var allowed = plan.Objects.Where(o => o.Key.StartsWith(OwnNames.SetPrefix, StringComparison.Ordinal)).SelectMany(o => allowedBy[o.Key]).ToHashSet();
            Interlocked.Add(ref questions, universe.Length);
            return !entitlements.Any(IsRefused) && universe.All(question => allowed.Contains(question) == IsAsked(entitlements, question));
        }, iter: 20_000);

        output.WriteLine($"{string.Join(", ", counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"))}; {questions} questions about {universe.Length} permissions; 0 wider, 0 narrower");
        Assert.True(counts["Exact"] > 1_000 && counts["ControllerEnforced"] > 1_000 && counts["Refused"] > 1_000);
    }

    [Fact]
    public async Task The_same_holds_for_what_went_all_the_way_through_the_connector()
    {
        var resources = await MakeObjectsAsync();
        var universe = Universe(resources).ToArray();
        var generation = 1;
        await Asked(resources).Array[0, 4].SampleAsync(async entitlements =>
        {
            Entitlement[] possible = [.. entitlements.Where(one => !IsRefused(one))];
            var desired = Target.Desired(Interlocked.Increment(ref generation), possible);
            await Target.Connector.ApplyAsync(desired, Plan(possible), TestKit.Contract.ConnectorTarget.Valid(), Cancellation);
            var allowed = await AllowedAsync(Target.Binding.Principal, universe);
            return universe.All(question => allowed.Contains(question) == IsAsked(possible, question));
        }, iter: 40, threads: 1);
    }

    private Translation Plan(Entitlement[] entitlements) => Target.Connector.Compile(new(
        Target.IdentityId, Target.Binding, [.. entitlements.Select(one => new DesiredEntitlement(one, "intent", null))], ControllerEndAllowed: true));

    private static bool IsRefused(Entitlement entitlement) =>
        entitlement.Resources.Any(resource => resource.Match != ResourceMatch.Exact || resource.Container.StartsWith("elsewhere", StringComparison.Ordinal)
            || entitlement.Verbs.Any(verb => !Asks.ContainsKey((resource.Type, verb))))
        || entitlement.Conditions.SourceCidrs is not null;

    /// <summary>The privilege itself, or what it takes to get there.</summary>
    private static bool IsAsked(Entitlement[] entitlements, Permission question) => entitlements.SelectMany(one => one.Resources, (one, resource) => (one.Verbs, resource)).Any(asked =>
    {
        var path = asked.resource.Type == "schema" ? new[] { asked.resource.Container, asked.resource.Name } : [.. asked.resource.Container.Split('/'), asked.resource.Name];
        return question.Kind switch
        {
            "database" => question.Privilege == "CONNECT" && question.Database == path[0],
            "schema" when path.Length > 2 => question.Privilege == "USAGE" && question.Schema == path[1],
            _ => question.Kind == asked.resource.Type && question.Schema == path[1] && (path.Length == 2 || question.Name == path[2])
                && asked.Verbs.Any(verb => Asks[(question.Kind, verb)].Contains(question.Privilege, StringComparer.Ordinal)),
        };
    });

    private async Task<ResourceSelector[]> MakeObjectsAsync()
    {
        // PUBLIC's own access would answer in place of ours.
        await Target.RunAsync($"""
            CREATE SCHEMA {Other} AUTHORIZATION {Cluster.Owner};
            SET ROLE {Cluster.Owner};
            CREATE TABLE {Other}.table_1 (id int); CREATE TABLE {Target.Schema}."table_1x" (id int);
            CREATE SEQUENCE {Target.Schema}.ids; CREATE SEQUENCE {Other}.ids;
            CREATE FUNCTION {Target.Schema}.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION {Target.Schema}.f(a int, b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE PROCEDURE {Other}.f(a int) LANGUAGE sql AS 'SELECT 1';
            REVOKE ALL ON ALL ROUTINES IN SCHEMA {Target.Schema}, {Other} FROM PUBLIC;
            RESET ROLE
            """);
        return
        [
            Target.Resource(1), Target.Resource(2), Target.Resource(1) with { Name = "table_1x" }, Target.Resource(1) with { Container = $"shop/{Other}" },
            new("sequence", $"shop/{Target.Schema}", ResourceMatch.Exact, "ids"), new("sequence", $"shop/{Other}", ResourceMatch.Exact, "ids"),
            new("function", $"shop/{Target.Schema}", ResourceMatch.Exact, "f:int4"), new("function", $"shop/{Target.Schema}", ResourceMatch.Exact, "f:int4,_text"),
            new("function", $"shop/{Other}", ResourceMatch.Exact, "f:int4"),
            new("schema", "shop", ResourceMatch.Exact, Target.Schema), new("schema", "shop", ResourceMatch.Exact, Other),
        ];
    }

    private static Gen<Entitlement> Asked(ResourceSelector[] resources) =>
        Gen.Select(Gen.Int[0, resources.Length - 1], Gen.Int[1, 63], Gen.Int[0, 40], (resource, verbs, odd) =>
        {
            var one = resources[resource];
            var offered = Enum.GetValues<Verb>().Where((_, i) => (verbs & (1 << i)) != 0).Where(verb => odd == 0 || Asks.ContainsKey((one.Type, verb))).ToArray();
            if (offered.Length == 0)
                offered = [Asks.Keys.First(key => key.Type == one.Type).Verb];
            one = odd switch { 1 => one with { Match = ResourceMatch.All, Name = null }, 2 => one with { Container = "elsewhere/public", Type = "table" }, _ => one };
            var conditions = odd switch { 3 => new Conditions(SourceCidrs: ["10.0.0.0/8"]), > 20 => new Conditions(NotAfter: DateTimeOffset.UnixEpoch), _ => Conditions.None };
            return new Entitlement(PostgresTarget.PlatformId, offered, [one], conditions);
        });

    /// <summary>Every privilege that PostgreSQL knows on every object, and what is around them.</summary>
    private static IEnumerable<Permission> Universe(ResourceSelector[] resources) => resources
        .Select(resource => resource.Type == "schema" ? new Permission("schema", "shop", resource.Name ?? "", "", "") : new(resource.Type, "shop", resource.Container.Split('/')[1], resource.Name ?? "", ""))
        .Append(new("database", "shop", "", "", "")).Append(new("table", "shop", resources[0].Container.Split('/')[1], "table_3", ""))
        .Distinct()
        .SelectMany(place => Privileges[place.Kind].Select(privilege => place with { Privilege = privilege }))
        .Where(permission => permission is not { Kind: "database", Privilege: "CONNECT" or "TEMPORARY" });

    private async Task<Dictionary<string, HashSet<Permission>>> WhatSetsAllowAsync(ResourceSelector[] resources)
    {
        var everything = Target.Desired(2, [.. resources.Select(one => new Entitlement(PostgresTarget.PlatformId, [.. Asks.Keys.Where(key => key.Type == one.Type).Select(key => key.Verb)], [one], Conditions.None))]);
        await Target.ApplyAsync(everything);
        var universe = Universe(resources).ToArray();
        var allowed = new Dictionary<string, HashSet<Permission>>(StringComparer.Ordinal);
        foreach (var set in Target.Plan(everything).Objects.Select(o => o.Key).Where(key => key.StartsWith(OwnNames.SetPrefix, StringComparison.Ordinal)))
            allowed[set] = await AllowedAsync(set, universe);
        return allowed;
    }

    /// <summary>By the server's authorizer, each privilege by itself.</summary>
    private async Task<HashSet<Permission>> AllowedAsync(string role, Permission[] universe)
    {
        var asks = universe.Select(one => one.Kind switch
        {
            "database" => $"has_database_privilege('{role}', 'shop', '{one.Privilege}')",
            "schema" => $"has_schema_privilege('{role}', '{one.Schema}', '{one.Privilege}')",
            "function" => $"has_function_privilege('{role}', '{one.Schema}.{FunctionName.Split(one.Name).Name}({string.Join(',', FunctionName.Split(one.Name).Types)})', '{one.Privilege}')",
            _ => $"has_{one.Kind}_privilege('{role}', '{one.Schema}.{one.Name}', '{one.Privilege}')",
        });
        var bits = await Target.AskAsync<string>($"SELECT concat({string.Join(", ", asks.Select(ask => $"{ask}::int"))})");
        return [.. universe.Where((_, i) => bits?[i] == '1')];
    }
}
