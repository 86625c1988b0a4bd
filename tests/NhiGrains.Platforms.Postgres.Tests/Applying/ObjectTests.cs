using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Postgres.Tests.Applying;

/// <summary>Objects of every type, with every name that PostgreSQL has.</summary>
public class ObjectTests(Cluster cluster) : PostgresTests(cluster)
{
    [Fact]
    public async Task Sequences_functions_procedures_views_and_other_databases_are_given_observed_equal_and_taken_back()
    {
        await Target.RunAsync($"""
            SET ROLE {Cluster.Owner};
            CREATE SEQUENCE {Target.Schema}.ids; CREATE VIEW {Target.Schema}.seen AS SELECT 1 AS one;
            CREATE TYPE {Target.Schema}.mood AS ENUM ('good');
            CREATE FUNCTION {Target.Schema}.total(a int, b text[], c {Target.Schema}.mood, d timestamptz) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE PROCEDURE {Target.Schema}.refresh() LANGUAGE sql AS 'SELECT 1';
            REVOKE ALL ON ALL ROUTINES IN SCHEMA {Target.Schema} FROM PUBLIC;
            RESET ROLE
            """);
        await Target.RunInAsync("bank", $"SET ROLE {Cluster.Owner}; CREATE SCHEMA {Target.Schema}; CREATE TABLE {Target.Schema}.accounts (id int); RESET ROLE");
        ResourceSelector In(string type, string name, string database = "shop") => new(type, $"{database}/{Target.Schema}", ResourceMatch.Exact, name);
        var desired = Target.Desired(2,
            Target.Entitlement(In("sequence", "ids"), Verb.Invoke),
            Target.Entitlement(In("table", "seen"), Verb.Read),
            Target.Entitlement(In("function", $"total:int4,_text,{Target.Schema}.mood,timestamptz"), Verb.Invoke),
            Target.Entitlement(In("function", "refresh"), Verb.Invoke),
            Target.Entitlement(In("table", "accounts", "bank"), Verb.Read),
            Target.Entitlement(new("schema", "bank", ResourceMatch.Exact, Target.Schema), Verb.List),
            Target.Entitlement(new("database", "", ResourceMatch.Exact, "bank"), Verb.List));

        await Target.ApplyAsync(desired);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Empty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
        await Target.ApplyAsync(Target.Desired(3));
        var gone = await Target.Connector.ProbeAsync(Target.Desired(3) with { EndedEntitlements = [.. desired.Entitlements.Select(one => one.Entitlement)] }, Cancellation);
        Assert.Empty(gone?.Wrong ?? []);
        Assert.True(gone?.Probes.Count >= 6);
    }

    [Theory]
    [InlineData("Größe-日本.x/y:z")]
    [InlineData("UPPER")]
    [InlineData("select")]
    [InlineData("ends_")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abc")]
    [InlineData("ééééééééééééééééééééééééééééééé")]
    public async Task A_name_of_a_table_is_that_table_and_no_other(string name)
    {
        var neighbour = name[..^1];
        await Target.RunAsync($"SET ROLE {Cluster.Owner}; CREATE TABLE {Target.Schema}.\"{name}\" (id int); CREATE TABLE {Target.Schema}.\"{neighbour}\" (id int); CREATE TABLE {Target.Schema}.\"{name.ToUpperInvariant()[..^1]}!\" (id int); RESET ROLE");
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1) with { Name = name }, Verb.Read));

        await Target.ApplyAsync(desired);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Empty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
        Assert.True(await Target.HasAsync($"{Target.Schema}.\"{name}\"", "SELECT"));
        Assert.Equal(1L, await Target.AskAsync<long>($"SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{Target.Schema}' AND has_table_privilege('{Target.Binding.Principal}', c.oid, 'SELECT')"));
    }

    [Theory]
    [InlineData("""a"b'c\d; DROP ROLE postgres; --""")]
    [InlineData("$nhi$ $nhii$ END; %s %I {0}")]
    [InlineData("to x by y/z on w")]
    [InlineData("line\nbreak")]
    public async Task What_somebody_gave_on_an_object_with_a_hostile_name_is_shown_and_taken_back_and_nothing_else_happens(string name)
    {
        var quoted = '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        await Target.RunAsync($"SET ROLE {Cluster.Owner}; CREATE SCHEMA {quoted}; CREATE TABLE {quoted}.{quoted} (id int); GRANT SELECT ON {quoted}.{quoted} TO {Target.Binding.Principal}; RESET ROLE");
        await Target.RunAsync($"CREATE ROLE {quoted}; GRANT {quoted} TO {Target.Binding.Principal}");

        var foreign = (await Target.ObserveAsync()).Objects.Where(o => o.Ownership == Ownership.Foreign).Select(o => o.Object).ToArray();
        Assert.Equal(["Grant", "Membership"], foreign.Select(o => o.Kind));
        Assert.Contains(await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation), one => one.Principal == name);
        foreach (var unwanted in foreign)
            await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, unwanted, ConnectorTarget.Valid(), Cancellation);

        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Ownership == Ownership.Foreign);
        Assert.True(await Target.AskAsync<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postgres')"));
        await Target.RunAsync($"DROP SCHEMA {quoted} CASCADE; DROP ROLE {quoted}");
    }
}
