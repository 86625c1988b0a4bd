using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Postgres.Tests.Compiling;

/// <summary>Deliberately wrong translations: each is applied in place of the right one, and has to be caught by what the platform says.</summary>
public class MutantTests(Cluster cluster, ITestOutputHelper output) : PostgresTests(cluster)
{
    private sealed record Mutant(string Name, Func<Permission[], IEnumerable<Permission>> Change, string AndByHand = "");

    [Fact]
    public async Task Every_wrong_translation_is_caught_by_a_probe_or_an_observation()
    {
        await MakeObjectsAsync();
        var entitlements = Right();
        var generation = 2L;
        var right = Target.Desired(generation, entitlements);
        await Target.ApplyAsync(right);
        Assert.Empty(Caught(await ProbeAsync(right), await DriftAsync(right)));
        var survivors = new List<string>();
        foreach (var mutant in Mutants())
        {
            // What was right before goes, so that the mutant stands alone.
            await Target.ApplyAsync(Target.Desired(++generation));
            var desired = Target.Desired(++generation, entitlements);
            await Target.Connector.ApplyAsync(desired, PlanOf(mutant.Change([.. Compiler.PermissionsOf(entitlements, PostgresTarget.PlatformId, ["shop", "bank"])])), ConnectorTarget.Valid(), Cancellation);
            if (mutant.AndByHand.Length > 0)
                await Target.RunAsync(mutant.AndByHand);
            var caught = Caught(await ProbeAsync(desired), await DriftAsync(desired));
            output.WriteLine($"{mutant.Name}: {(caught.Length == 0 ? "SURVIVED" : caught)}");
            if (caught.Length == 0)
                survivors.Add(mutant.Name);
            await Target.RunAsync($"""
                REVOKE ALL ON {Target.Schema}.table_1, {Target.Schema}.table_2 FROM {Target.Binding.Principal}, {Target.IdentityRole}, PUBLIC;
                GRANT {Target.IdentityRole} TO {Target.Binding.Principal};
                REVOKE pg_write_all_data FROM {Target.IdentityRole};
                ALTER ROLE {Target.Binding.Principal} NOBYPASSRLS
                """);
        }

        Assert.Empty(survivors);
    }

    private Entitlement[] Right() =>
    [
        Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Write),
        Target.Entitlement(new("sequence", $"shop/{Target.Schema}", ResourceMatch.Exact, "ids"), Verb.Invoke),
        Target.Entitlement(new("function", $"shop/{Target.Schema}", ResourceMatch.Exact, "f:int4"), Verb.Invoke),
    ];

    private Mutant[] Mutants()
    {
        Permission Table(string privilege) => Target.OnTable(1, privilege);
        Mutant Without(string name, Permission lost) => new(name, all => all.Where(one => one != lost));
        Mutant With(string name, Permission more) => new(name, all => all.Append(more));
        Mutant Instead(string name, Permission right, Permission wrong) => new(name, all => all.Select(one => one == right ? wrong : one));
        var (function, sequence) = (new Permission("function", "shop", Target.Schema, "f:int4", "EXECUTE"), new Permission("sequence", "shop", Target.Schema, "ids", "USAGE"));
        var (set, principal, own) = (PostgresTarget.SetOf(Table("SELECT")), Target.Binding.Principal, Target.IdentityRole);
        return
        [
            Without("SELECT is lost", Table("SELECT")),
            Without("WRITE without INSERT", Table("INSERT")),
            Without("WRITE without UPDATE", Table("UPDATE")),
            Without("no USAGE of the schema", new("schema", "shop", Target.Schema, "", "USAGE")),
            Without("no CONNECT to the database", new("database", "shop", "", "", "CONNECT")),
            Without("the function is lost", function),
            Without("the sequence is lost", sequence),
            With("WRITE with DELETE", Table("DELETE")),
            With("WRITE with TRUNCATE", Table("TRUNCATE")),
            With("the neighbouring table as well", Target.OnTable(2, "SELECT")),
            With("a table whose name begins alike", Table("SELECT") with { Name = "table_1x" }),
            With("the table of the same name in another schema", Table("SELECT") with { Schema = $"{Target.Schema}_y" }),
            With("another database", new("database", "bank", "", "", "CONNECT")),
            With("the other function of the same name", function with { Name = "f:int4,text" }),
            With("setval beside nextval", sequence with { Privilege = "UPDATE" }),
            With("reading the sequence", sequence with { Privilege = "SELECT" }),
            Instead("DELETE in place of SELECT", Table("SELECT"), Table("DELETE")),
            Instead("another table in its place", Table("SELECT"), Target.OnTable(3, "SELECT")),
            Instead("the other function in its place", function, function with { Name = "f:int4,text" }),
            Instead("the sequence's SELECT in place of its USAGE", sequence, sequence with { Privilege = "SELECT" }),
            new("nothing at all", _ => []),
            new("the way alone", all => all.Where(one => one.Name.Length == 0)),
            new("the principal is not in the identity's role", all => all, $"REVOKE {own} FROM {principal}"),
            new("a direct grant beside the sets", all => all, $"GRANT DELETE ON {Target.Schema}.table_1 TO {principal}"),
            new("a grant to PUBLIC in place of the set", all => all.Where(one => one != Table("SELECT")), $"GRANT SELECT ON {Target.Schema}.table_1 TO PUBLIC"),
            new("a column in place of the table", all => all.Where(one => one != Table("SELECT")), $"GRANT SELECT (id) ON {Target.Schema}.table_1 TO {own}"),
            new("the set may be granted on", all => all, $"GRANT SELECT ON {Target.Schema}.table_1 TO {set} WITH GRANT OPTION"),
            new("the membership may be handed on", all => all, $"GRANT {set} TO {own} WITH ADMIN OPTION"),
            new("the set can do more than its name says", all => all, $"GRANT DELETE ON {Target.Schema}.table_2 TO {set}"),
            new("the set gives everything there is to read", all => all, $"GRANT pg_read_all_data TO {set}"),
            new("the identity's role is in somebody's group", all => all, $"GRANT pg_write_all_data TO {own}"),
            new("the principal gets an attribute", all => all, $"ALTER ROLE {principal} BYPASSRLS"),
        ];
    }

    private Translation PlanOf(IEnumerable<Permission> permissions)
    {
        var sets = permissions.Distinct().Select(one => new NativeObject(Compiler.Membership, OwnNames.Set(PostgresTarget.PlatformId, one), Bodies.Text(new SetBody([one.Text])))).ToArray();
        return new(new Fidelity.Exact(), [.. sets, new(Compiler.Membership, Target.IdentityRole, Bodies.Text(new LinkBody(Target.Binding.Principal)))]);
    }

    private async Task<int> ProbeAsync(DesiredState desired) => (await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong.Count() ?? 0;

    private async Task<int> DriftAsync(DesiredState desired) => Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()).Count;

    private static string Caught(int wrong, int differences) =>
        string.Join(" and ", new[] { wrong > 0 ? $"probe ({wrong})" : "", differences > 0 ? $"observation ({differences})" : "" }.Where(by => by.Length > 0));

    private Task MakeObjectsAsync() => Target.RunAsync($"""
        SET ROLE {Cluster.Owner};
        CREATE SCHEMA {Target.Schema}_y; CREATE TABLE {Target.Schema}_y.table_1 (id int); CREATE TABLE {Target.Schema}.table_1x (id int);
        CREATE SEQUENCE {Target.Schema}.ids;
        CREATE FUNCTION {Target.Schema}.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION {Target.Schema}.f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
        REVOKE ALL ON ALL ROUTINES IN SCHEMA {Target.Schema} FROM PUBLIC;
        RESET ROLE
        """);
}
