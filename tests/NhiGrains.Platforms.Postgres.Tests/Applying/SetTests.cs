using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Applying;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Tests.Applying;

/// <summary>One group role for each permission, shared by everybody who has it.</summary>
public class SetTests(Cluster cluster) : PostgresTests(cluster)
{
    private const int Writers = 64;

    [Fact]
    public async Task PostgreSQL_refuses_the_2444th_grant_on_one_table_and_a_set_takes_3000_members()
    {
        await Target.RunAsync($"DO $$ BEGIN FOR i IN 1..3000 LOOP EXECUTE format('CREATE ROLE crowd_{Target.Number}_%s', i); END LOOP; END $$");
        var full = await Assert.ThrowsAsync<PostgresException>(() => Target.RunAsync(
            $"DO $$ BEGIN FOR i IN 1..3000 LOOP EXECUTE format('GRANT SELECT ON {Target.Schema}.table_2 TO crowd_{Target.Number}_%s', i); END LOOP; END $$"));
        Assert.Contains("row is too big", full.MessageText, StringComparison.Ordinal);

        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        var set = PostgresTarget.SetOf(Target.OnTable(1, "SELECT"));
        await Target.RunAsync($"DO $$ BEGIN FOR i IN 1..3000 LOOP EXECUTE format('GRANT {set} TO crowd_{Target.Number}_%s', i); END LOOP; END $$");
        await Target.ApplyAsync(Target.Desired(3, Target.Entitlement(Target.Resource(1), Verb.Write)));
        await Target.ApplyAsync(Target.Desired(4, Target.Entitlement(Target.Resource(1), Verb.Read)));

        Assert.Empty(Domain.Drift.Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Equal(3_001, await Target.AskAsync<long>($"SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE r.rolname = '{set}'"));
        Assert.Equal(1, await AccessListAsync("table_1"));
        await Target.RunAsync($"DO $$ BEGIN FOR i IN 1..3000 LOOP EXECUTE format('DROP ROLE crowd_{Target.Number}_%s', i); END LOOP; END $$");
    }

    [Fact]
    public async Task Sixty_four_writers_at_once_on_one_table_all_succeed()
    {
        for (var i = 0; i < Writers; i++)
            await Target.RunAsync($"CREATE ROLE {PrincipalOf(i)}");
        Verb[][] choices = [[Verb.Read], [Verb.Write], [Verb.Delete], [Verb.Read, Verb.Write, Verb.Delete]];

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => ApplyAsync(i, 2, choices[i % choices.Length])));

        for (var i = 0; i < Writers; i++)
        {
            var has = await Target.AskAsync<string>($"SELECT string_agg(p, ' ' ORDER BY p) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p WHERE has_table_privilege('{PrincipalOf(i)}', '{Target.Schema}.table_1', p)");
            Assert.Equal((i % 4) switch { 0 => "SELECT", 1 => "INSERT UPDATE", 2 => "DELETE", _ => "DELETE INSERT SELECT UPDATE" }, has);
        }

        Assert.Equal(4, await AccessListAsync("table_1"));
    }

    [Fact]
    public async Task Grants_of_others_on_the_same_table_at_the_same_time_are_no_failure()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Target.RunAsync($"CREATE ROLE rival_{Target.Number}");
        var rivals = RivalsAsync(enough.Token);
        for (var round = 0; round < 15; round++)
        {
            await Target.ApplyAsync(Target.Desired(2 + (2 * round), Target.Entitlement(Target.Resource(1), Verb.Read)));
            await Target.ApplyAsync(Target.Desired(3 + (2 * round)));
        }

        await enough.CancelAsync();
        Assert.True(await rivals > 15);
        Assert.False(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
    }

    [Fact]
    public async Task A_set_that_nobody_is_in_is_dropped_with_its_privileges_and_one_that_is_shared_stays()
    {
        await Target.RunAsync($"CREATE ROLE {PrincipalOf(1)}");
        await ApplyAsync(1, 2, Verb.Read);
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read)));

        await Target.ApplyAsync(Target.Desired(3));

        Assert.Equal(0, await AccessListAsync("table_2"));
        Assert.Equal(1, await AccessListAsync("table_1"));
        Assert.False(await ExistsAsync(PostgresTarget.SetOf(Target.OnTable(2, "SELECT"))));
        await ApplyAsync(1, 3);
        Assert.Equal(0, await AccessListAsync("table_1"));
        Assert.False(await ExistsAsync(PostgresTarget.SetOf(Target.OnTable(1, "SELECT"))));
        Assert.Equal(0L, await Target.AskAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname LIKE 'nhi\\_gone\\_%' AND shobj_description(oid, 'pg_authid') LIKE '%{Target.Schema}/%'"));
    }

    [Fact]
    public async Task A_set_that_a_crash_has_left_without_members_is_dropped_when_it_has_been_so_for_minutes()
    {
        var clock = new FakeTimeProvider();
        var (services, connector) = PostgresTarget.ConnectorFor(Cluster.Server.Port, time: clock);
        await using var _ = services;
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        using (Target.Proxy.Inject(new Fault.DropBefore(), request => request.Target.Contains("nhi_gone_", StringComparison.Ordinal) && Target.Writes(request)))
            await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3), Target.Faulty));
        var left = PostgresTarget.SetOf(Target.OnTable(1, "SELECT"));

        await ComeAndGoAsync();
        Assert.True(await ExistsAsync(left));
        clock.Advance(Leftovers.After);
        await ComeAndGoAsync();

        Assert.False(await ExistsAsync(left));
        Assert.Equal(0, await AccessListAsync("table_1"));

        async Task ComeAndGoAsync()
        {
            await Target.ApplyAsync(Target.Desired(4, Target.Entitlement(Target.Resource(2), Verb.Read)), connector);
            await Target.ApplyAsync(Target.Desired(5), connector);
        }
    }

    [Fact]
    public async Task Who_comes_while_others_leave_gets_what_is_wanted_all_the_same()
    {
        for (var i = 0; i < 8; i++)
            await Target.RunAsync($"CREATE ROLE {PrincipalOf(i)}");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            for (var round = 0; round < 6; round++)
            {
                await ApplyAsync(i, 2 + (2 * round), Verb.Read);
                Assert.True(await Target.AskAsync<bool>($"SELECT has_table_privilege('{PrincipalOf(i)}', '{Target.Schema}.table_1', 'SELECT')"), $"{i} in round {round}");
                await ApplyAsync(i, 3 + (2 * round));
            }
        }));

        Assert.Equal(0, await AccessListAsync("table_1"));
        Assert.False(await ExistsAsync(PostgresTarget.SetOf(Target.OnTable(1, "SELECT"))));
    }

    [Fact]
    public async Task A_set_that_was_widened_in_every_way_is_narrowed_again()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        var set = PostgresTarget.SetOf(Target.OnTable(1, "SELECT"));
        await Target.RunAsync($"""
            GRANT SELECT, DELETE ON {Target.Schema}.table_1 TO {set} WITH GRANT OPTION;
            CREATE ROLE more_{Target.Number}; GRANT more_{Target.Number} TO {set};
            ALTER ROLE {set} LOGIN CREATEDB;
            GRANT {set} TO {Target.IdentityRole} WITH ADMIN OPTION
            """);
        await Target.RunInAsync("bank", $"SET ROLE {Cluster.Owner}; CREATE SCHEMA s_{Target.Number}; GRANT USAGE ON SCHEMA s_{Target.Number} TO {set}; RESET ROLE");
        var changed = Assert.Single(Domain.Drift.Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Equal($$"""{"gives":["DELETE on table shop/{{Target.Schema}}/table_1 with grant option","SELECT on table shop/{{Target.Schema}}/table_1 with grant option","USAGE on schema bank/s_{{Target.Number}}","attribute CREATEDB","attribute LOGIN","member of more_{{Target.Number}}"],"admin":true}""", changed.Observed);

        await Target.ApplyAsync(desired);

        Assert.Empty(Domain.Drift.Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);
    }

    [Fact]
    public async Task A_set_that_somebody_made_a_superuser_keeps_nothing_else_from_being_taken_away_and_is_told()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read)));
        await Target.RunAsync($"ALTER ROLE {PostgresTarget.SetOf(Target.OnTable(1, "SELECT"))} SUPERUSER");

        var denied = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3)));

        Assert.Equal(PlatformError.AccessDenied, denied.Error);
        Assert.Contains(PostgresTarget.SetOf(Target.OnTable(1, "SELECT")), denied.Message, StringComparison.Ordinal);
        Assert.False(await Target.AllowsAsync(Target.Resource(2), Verb.Read));
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        await Target.RunAsync($"ALTER ROLE {PostgresTarget.SetOf(Target.OnTable(1, "SELECT"))} NOSUPERUSER");
        await Target.ApplyAsync(Target.Desired(3));
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Ownership == Ownership.Ours);
    }

    [Fact]
    public async Task A_role_of_somebody_else_under_a_name_of_ours_is_left_alone_and_stops_the_giving()
    {
        await Target.RunAsync($"CREATE ROLE {PostgresTarget.SetOf(Target.OnTable(1, "SELECT"))}");

        var occupied = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read))));

        Assert.Equal(PlatformError.Rejected, occupied.Error);
        Assert.Contains("is not ours", occupied.Message, StringComparison.Ordinal);
        Assert.Equal(0, await AccessListAsync("table_1"));
    }

    private string PrincipalOf(int i) => string.Create(CultureInfo.InvariantCulture, $"many_{Target.Number}_{i}");

    private Task<ApplyResult> ApplyAsync(int i, long generation, params Verb[] verbs)
    {
        var entitlements = verbs.Length == 0 ? Array.Empty<Entitlement>() : [Target.Entitlement(Target.Resource(1), verbs)];
        var desired = Target.Desired(generation, entitlements) with { IdentityId = $"many-{Target.Number}-{i}", Binding = new(PostgresTarget.PlatformId, PrincipalOf(i)) };
        return Target.Connector.ApplyAsync(desired, Target.Plan(desired), ConnectorTarget.Valid(), Cancellation);
    }

    private async Task<int> RivalsAsync(CancellationToken until)
    {
        var rounds = 0;
        for (; !until.IsCancellationRequested; rounds++)
        {
            try
            {
                await Target.RunAsync($"GRANT UPDATE ON {Target.Schema}.table_1 TO rival_{Target.Number}; REVOKE UPDATE ON {Target.Schema}.table_1 FROM rival_{Target.Number}");
            }
            catch (PostgresException collided) when (collided.SqlState is "XX000" or "40P01")
            {
                // It is the rival that lost.
            }
        }

        return rounds;
    }

    /// <summary>Entries of others than the owner.</summary>
    private async Task<int> AccessListAsync(string table) =>
        (int)await Target.AskAsync<long>($"SELECT count(DISTINCT a.grantee) FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = '{Target.Schema}.{table}'::regclass AND a.grantee <> c.relowner");

    private Task<bool> ExistsAsync(string role) => Target.AskAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')");
}
