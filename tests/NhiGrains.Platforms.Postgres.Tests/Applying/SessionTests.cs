using System.Globalization;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Tests.Applying;

/// <summary>What is taken away is gone from sessions that are open, whatever role they have set.</summary>
public class SessionTests(Cluster cluster) : PostgresTests(cluster)
{
    private string Set => PostgresTarget.SetOf(Target.OnTable(1, "SELECT"));

    [Theory]
    [InlineData("set")]
    [InlineData("identity")]
    public async Task A_session_of_the_principal_that_has_set_a_role_of_ours_reads_nothing_after_the_end(string role)
    {
        await GiveAsync();
        await using var open = await OpenAsync(Target.Binding.Principal, role == "set" ? Set : Target.IdentityRole);
        Assert.Equal(0L, await CountAsync(open, 1));

        await Target.ApplyAsync(Target.Desired(3));

        await AssertEndedAsync(open);
    }

    [Fact]
    public async Task What_is_given_for_another_reason_works_again_at_once_and_who_comes_later_is_left_alone()
    {
        await GiveAsync();
        await using var open = await OpenAsync(Target.Binding.Principal, Set);
        var less = Target.Desired(3, Target.Entitlement(Target.Resource(2), Verb.Read));

        await Target.ApplyAsync(less);

        await AssertEndedAsync(open);
        await using var again = await OpenAsync(Target.Binding.Principal);
        Assert.Equal(0L, await CountAsync(again, 2));
        Assert.Equal(0, (await Target.ApplyAsync(less)).Writes);
        Assert.Equal(0L, await CountAsync(again, 2));
    }

    [Fact]
    public async Task A_cursor_that_was_opened_before_the_end_gives_no_more_rows_after_it()
    {
        await GiveAsync();
        await Target.RunAsync($"INSERT INTO {Target.Schema}.table_1 SELECT generate_series(1, 9)");
        await using var open = await OpenAsync(Target.Binding.Principal);
        await RunAsync(open, $"BEGIN; DECLARE c CURSOR FOR SELECT id FROM {Target.Schema}.table_1; FETCH 1 FROM c");

        await Target.ApplyAsync(Target.Desired(3));

        await AssertEndedAsync(open, "FETCH 1 FROM c");
    }

    [Fact]
    public async Task A_login_of_another_grant_that_has_set_a_role_of_the_one_that_ended_reads_nothing_any_more()
    {
        await GiveAsync();
        var now = TimeProvider.System.GetUtcNow();
        var other = (await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g2", now.AddMinutes(5), now), ConnectorTarget.Valid(), Cancellation)).Value;
        await using var open = await PostgresTarget.LogInAsync(other.Secret);
        await RunAsync(open, $"SET ROLE {Set}");
        Assert.Equal(0L, await CountAsync(open, 1));

        await Target.ApplyAsync(Target.Desired(3, Target.Entitlement(Target.Resource(2), Verb.Read)));

        await AssertEndedAsync(open);
        Assert.Equal(CredentialAnswer.Works, await Target.TryAsync(other.Secret, Target.Resource(2)));
    }

    [Fact]
    public async Task Somebody_else_in_the_principal_that_has_set_a_role_of_ours_reads_nothing_any_more()
    {
        await GiveAsync();
        await Target.RunAsync($"CREATE ROLE friend_{Target.Number}; GRANT {Target.Binding.Principal} TO friend_{Target.Number}");
        await using var open = await OpenAsync($"friend_{Target.Number}", Set);
        Assert.Equal(0L, await CountAsync(open, 1));

        await Target.ApplyAsync(Target.Desired(3));

        await AssertEndedAsync(open);
    }

    [Fact]
    public async Task A_crash_between_taking_away_and_ending_the_sessions_leaves_none_of_them_in_the_end()
    {
        await GiveAsync();
        await using var open = await OpenAsync(Target.Binding.Principal, Set);
        using (Target.Proxy.Inject(new Fault.DropBefore(), request => request.Target.Contains("pg_terminate_backend", StringComparison.Ordinal)))
            await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3), Target.Faulty));
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.Equal(0L, await CountAsync(open, 1));

        await Target.ApplyAsync(Target.Desired(3));

        await AssertEndedAsync(open);
        Assert.Equal(0, (await Target.ApplyAsync(Target.Desired(3))).Writes);
    }

    [Fact]
    public async Task A_session_of_a_principal_that_was_dropped_by_hand_is_ended_as_well()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        var nativeId = (await GiveAsync()).PrincipalNativeId;
        await using var open = await OpenAsync(Target.Binding.Principal, Set);
        await Target.RunAsync($"DROP ROLE {Target.Binding.Principal}");
        Assert.Equal(0L, await CountAsync(open, 1));

        await Target.ApplyAsync(Target.Desired(3) with { Binding = desired.Binding with { NativeId = nativeId } });

        await AssertEndedAsync(open);
    }

    [Fact]
    public async Task Without_pg_signal_backend_nothing_is_said_to_be_ended_while_a_session_goes_on()
    {
        await Target.RunAsync($"CREATE ROLE control_{Target.Number} LOGIN CREATEROLE PASSWORD 'least'; GRANT {Cluster.Owner} TO control_{Target.Number}");
        var (services, connector) = PostgresTarget.ConnectorFor(Cluster.Server.Port, $"control_{Target.Number}", "least");
        await using var _ = services;
        await GiveAsync();
        await using var open = await OpenAsync(Target.Binding.Principal, Set);

        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var denied = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3), connector));
            Assert.Equal(PlatformError.AccessDenied, denied.Error);
            Assert.Contains("pg_signal_backend", denied.Message, StringComparison.Ordinal);
        }

        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(Target.Desired(3));
        await AssertEndedAsync(open);
    }

    [Fact]
    public async Task A_membership_of_somebody_else_that_a_person_removes_is_in_no_session_any_more()
    {
        await Target.GiveByHandAsync(Target.Resource(1));
        await using var open = await OpenAsync(Target.Binding.Principal, $"by_hand_{Target.Number}");
        Assert.Equal(0L, await CountAsync(open, 1));
        var seen = Assert.Single((await Target.ObserveAsync()).Objects, o => o.Object.Key == $"by_hand_{Target.Number}");

        await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, seen.Object, ConnectorTarget.Valid(), Cancellation);

        await AssertEndedAsync(open);
    }

    /// <summary>A statement that was only refused would leave the session open.</summary>
    private async Task AssertEndedAsync(NpgsqlConnection open, string? statement = null)
    {
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => RunAsync(open, statement ?? $"SELECT FROM {Target.Schema}.table_1"));
        Assert.NotEqual(System.Data.ConnectionState.Open, open.State);
    }

    /// <summary>READ of two tables, in a schema that PUBLIC may use. Another identity has it as well and keeps it, so the sets stay.</summary>
    private async Task<ApplyResult> GiveAsync()
    {
        await Target.RunAsync($"GRANT USAGE ON SCHEMA {Target.Schema} TO PUBLIC");
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read)) with
        {
            IdentityId = $"keeper-{Target.Number}",
            Binding = new(PostgresTarget.PlatformId, $"keeper_{Target.Number}", CreateIfMissing: true),
        });
        return await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read)));
    }

    private async Task<NpgsqlConnection> OpenAsync(string user, string? role = null)
    {
        await Target.RunAsync($"ALTER ROLE {user} LOGIN PASSWORD 'its-own'");
        var open = await PostgresTarget.LogInAsync(string.Create(CultureInfo.InvariantCulture, $"postgresql://{user}:its-own@127.0.0.1:{Cluster.Server.Port}/shop"));
        if (role is not null)
            await RunAsync(open, $"SET ROLE {role}");
        return open;
    }

    private static async Task RunAsync(NpgsqlConnection open, string sql)
    {
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<long> CountAsync(NpgsqlConnection open, int table)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {Target.Schema}.table_{table}", open);
        return await count.ExecuteScalarAsync(Cancellation) is long rows ? rows : -1;
    }
}
