using System.Globalization;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Tests.Applying;

/// <summary>Whoever is in a set can act as it. That is told, and keeps nobody else from being given access and ended.</summary>
public class SharedSetTests(Cluster cluster) : PostgresTests(cluster)
{
    private string Set => PostgresTarget.SetOf(Target.OnTable(1, "SELECT"));

    private Binding Other => new(PostgresTarget.PlatformId, $"other_{Target.Number}", CreateIfMissing: true);

    [Theory]
    [InlineData("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "Ownership")]
    [InlineData("SELECT lo_create(0)", "Ownership")]
    [InlineData("RESET ROLE; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {set}", "Grant")]
    [InlineData("RESET ROLE; CREATE TABLE {schema}.mine (id int); GRANT SELECT ON {schema}.mine TO {set}", "Grant")]
    [InlineData("RESET ROLE; CREATE TABLE {schema}.mine (id int); GRANT SELECT (id) ON {schema}.mine TO {set}", "Grant")]
    public async Task What_one_identity_makes_a_set_have_is_told_and_others_are_given_it_and_ended_all_the_same(string does, string told)
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.RunAsync($"GRANT CREATE ON SCHEMA {Target.Schema} TO {Target.Binding.Principal}");
        await using var open = await OpenAsSetAsync();
        await RunAsync(open, does.Replace("{set}", Set, StringComparison.Ordinal).Replace("{schema}", Target.Schema, StringComparison.Ordinal));

        await AssertOthersComeAndGoAsync();

        Assert.Contains((await Target.ObserveAsync()).Objects, seen =>
            seen.Ownership == Ownership.Foreign && seen.Object.Kind == told && seen.Object.Key.EndsWith($" to {Set}", StringComparison.Ordinal));
        Assert.DoesNotContain(Comparison.Compare(Target.Plan(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read))).Objects, await Target.ObserveAsync()),
            difference => difference.Ownership == Ownership.Ours);
    }

    [Fact]
    public async Task What_is_temporary_is_neither_told_nor_in_the_way()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await using var open = await OpenAsSetAsync();
        var before = await Target.ObserveAsync();
        await RunAsync(open, "CREATE TEMP TABLE x (id int); GRANT SELECT ON x TO PUBLIC; GRANT UPDATE (id) ON x TO PUBLIC");

        await AssertOthersComeAndGoAsync();

        Assert.Equal(before.Objects, (await Target.ObserveAsync()).Objects);
        await Target.ApplyAsync(Target.Desired(3));
        Assert.Equal(0L, await Target.AskAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{Set}'"));
    }

    [Fact]
    public async Task What_a_set_has_handed_on_by_a_grant_option_goes_with_it()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Target.RunAsync($"GRANT USAGE ON SCHEMA {Target.Schema} TO PUBLIC; GRANT SELECT ON {Target.Schema}.table_1 TO {Set} WITH GRANT OPTION; GRANT DELETE ON {Target.Schema}.table_1 TO {Set} WITH GRANT OPTION; CREATE ROLE handed_{Target.Number}");
        await using var open = await OpenAsSetAsync();
        await RunAsync(open, $"GRANT SELECT, DELETE ON {Target.Schema}.table_1 TO handed_{Target.Number}");

        await AssertOthersComeAndGoAsync();

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.False(await Target.AskAsync<bool>($"SELECT has_table_privilege('handed_{Target.Number}', '{Target.Schema}.table_1', 'SELECT') OR has_table_privilege('handed_{Target.Number}', '{Target.Schema}.table_1', 'DELETE')"));
    }

    [Fact]
    public async Task Whoever_puts_a_set_into_a_role_and_lets_it_log_in_ends_no_session_of_those_who_are_in_it()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Target.RunAsync($"CREATE ROLE lever_{Target.Number}; GRANT lever_{Target.Number} TO {Set}; ALTER ROLE {Set} LOGIN PASSWORD 'its-own'");
        await using var member = await OpenAsSetAsync();
        await using var itself = await PostgresTarget.LogInAsync(string.Create(CultureInfo.InvariantCulture, $"postgresql://{Set}:its-own@127.0.0.1:{Cluster.Server.Port}/shop"));

        await AssertOthersComeAndGoAsync();

        await RunAsync(member, "SELECT 1");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => RunAsync(itself, "SELECT 1"));
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }

    [Fact]
    public async Task A_function_that_a_set_owns_reads_nothing_any_more_when_nobody_is_in_the_set()
    {
        await Target.RunAsync($"GRANT USAGE, CREATE ON SCHEMA {Target.Schema} TO PUBLIC; CREATE ROLE stranger_{Target.Number}");
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await using (var open = await OpenAsSetAsync())
            await RunAsync(open, $"CREATE FUNCTION {Target.Schema}.door() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM {Target.Schema}.table_1'");
        Assert.Equal(0L, await Target.AskAsync<long>($"SELECT {Target.Schema}.door()"));

        await Target.ApplyAsync(Target.Desired(3));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Target.AskAsync<long>($"SELECT {Target.Schema}.door()"));
        Assert.Equal("42501", refused.SqlState);
    }

    private async Task AssertOthersComeAndGoAsync()
    {
        var both = Wanted(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read));
        await Target.ApplyAsync(both);
        Assert.True(await MayReadAsync(1) && await MayReadAsync(2));
        var one = Wanted(3, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(one);
        Assert.True(await MayReadAsync(1) && !await MayReadAsync(2));
        Assert.DoesNotContain(Comparison.Compare(Target.Plan(one).Objects, await Target.Connector.ObserveAsync(one.Binding, one.IdentityId, Cancellation)),
            difference => difference.Ownership == Ownership.Ours);
        Assert.Null((await Target.ApplyAsync(Wanted(4) with { PrincipalWanted = false })).PrincipalNativeId);
    }

    private DesiredState Wanted(long generation, params Entitlement[] entitlements) =>
        Target.Desired(generation, entitlements) with { IdentityId = $"other-{Target.Number}", Binding = Other };

    private Task<bool> MayReadAsync(int table) => Target.AskAsync<bool>($"SELECT has_table_privilege('{Other.Principal}', '{Target.Schema}.table_{table}', 'SELECT')");

    private async Task<NpgsqlConnection> OpenAsSetAsync()
    {
        await Target.RunAsync($"ALTER ROLE {Target.Binding.Principal} LOGIN PASSWORD 'its-own'");
        var open = await PostgresTarget.LogInAsync(string.Create(CultureInfo.InvariantCulture, $"postgresql://{Target.Binding.Principal}:its-own@127.0.0.1:{Cluster.Server.Port}/shop"));
        await RunAsync(open, $"SET ROLE {Set}");
        return open;
    }

    private static async Task RunAsync(NpgsqlConnection open, string sql)
    {
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
