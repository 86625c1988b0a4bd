using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Credentials;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Tests.Credentials;

/// <summary>What PostgreSQL does with logins, and what we make of it.</summary>
public class LoginTests(Cluster cluster, ITestOutputHelper output) : PostgresTests(cluster)
{
    [Fact]
    public async Task With_the_control_plane_dead_a_login_ends_at_its_time_and_an_open_session_does_not_until_it_is_terminated()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var issued = await IssueAsync("g1", TimeSpan.FromSeconds(6));
        await using var open = await PostgresTarget.LogInAsync(issued.Secret);

        // Nobody does anything from here on: PostgreSQL alone keeps the time.
        await Eventually.TrueAsync(async () => await Target.TryAsync(issued.Secret, Target.Resource(1)) == CredentialAnswer.NotAccepted,
            TimeSpan.FromSeconds(30), () => "The login still works.", Cancellation);
        var late = TimeProvider.System.GetUtcNow() - issued.ExpiresAt;
        output.WriteLine($"refused {late.TotalMilliseconds:F0} ms after the end");
        Assert.True(late >= TimeSpan.Zero);
        Assert.Equal(0L, await CountAsync(open));

        Assert.NotNull(await EndAsync("g1"));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CountAsync(open));
        Assert.Null(await RoleAsync("g1"));
    }

    [Fact]
    public async Task A_live_session_is_terminated_at_the_end()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await using var open = await PostgresTarget.LogInAsync((await IssueAsync("g1", TimeSpan.FromMinutes(5))).Secret);
        Assert.Equal(0L, await CountAsync(open));

        await Target.ApplyAsync(Target.Desired(3));

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CountAsync(open));
        Assert.NotEqual(System.Data.ConnectionState.Open, open.State);
    }

    [Fact]
    public async Task No_password_is_in_the_servers_log_though_every_statement_is()
    {
        var issued = await IssueAsync("g1", TimeSpan.FromMinutes(5));
        var (user, password) = (new Uri(issued.Secret).UserInfo.Split(':')[0], new Uri(issued.Secret).UserInfo.Split(':')[1]);
        await using var open = await PostgresTarget.LogInAsync(issued.Secret);

        await Eventually.TrueAsync(async () => (await LogAsync()).Contains($"ALTER ROLE \"{user}\" LOGIN INHERIT PASSWORD %L VALID UNTIL %L', 'SCRAM-SHA-256$", StringComparison.Ordinal),
            TimeSpan.FromSeconds(10), () => "The statement is not in the log.", Cancellation);
        Assert.DoesNotContain(password, await LogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_verifier_is_what_the_server_makes_of_the_same_password_and_salt()
    {
        await Target.RunAsync($"ALTER ROLE {Target.Binding.Principal} PASSWORD 'pencil-42'");
        var theirs = await Target.AskAsync<string>($"SELECT rolpassword FROM pg_authid WHERE rolname = '{Target.Binding.Principal}'");
        Assert.NotNull(theirs);
        var (iterations, salt) = (theirs.Split('$')[1].Split(':')[0], theirs.Split('$')[1].Split(':')[1]);

        var ours = ScramVerifier.Of("pencil-42", Convert.FromBase64String(salt), int.Parse(iterations, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(theirs, ours);
        Assert.NotEqual(ScramVerifier.NewPassword(), ScramVerifier.NewPassword());
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task A_clock_that_is_five_minutes_off_makes_no_login_outlive_what_is_left_of_its_grant(int off)
    {
        var (now, left) = (TimeProvider.System.GetUtcNow().AddSeconds(off), TimeSpan.FromMinutes(10));

        var issued = await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g1", now + left, now), ConnectorTarget.Valid(), Cancellation);

        Assert.True(issued.IsOk);
        var seconds = await Target.AskAsync<int>($"SELECT extract(epoch FROM rolvaliduntil - now())::int FROM pg_roles WHERE rolname = '{OwnNames.Login(PostgresTarget.PlatformId, Target.IdentityId, "g1")}'");
        Assert.InRange(seconds, 240, 600);
    }

    [Fact]
    public async Task A_login_that_took_long_to_write_ends_no_later_for_it_with_a_clock_that_is_ahead()
    {
        var (begun, left) = (TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(1));
        var now = TimeProvider.System.GetUtcNow().AddMinutes(5);
        using var slow = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromSeconds(3)), Target.Writes, times: 1);

        var issued = await Target.Faulty.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g1", now + left, now), ConnectorTarget.Valid(), Cancellation);

        Assert.True(issued.IsOk);
        var elapsed = TimeProvider.System.GetElapsedTime(begun);
        var valid = TimeSpan.FromSeconds(await Target.AskAsync<double>($"SELECT extract(epoch FROM rolvaliduntil - clock_timestamp())::float8 FROM pg_roles WHERE rolname = '{OwnNames.Login(PostgresTarget.PlatformId, Target.IdentityId, "g1")}'"));
        Assert.InRange(elapsed + valid, left / 2, left);
    }

    [Fact]
    public async Task A_login_that_cannot_be_ended_keeps_no_other_from_being_ended()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var (stuck, other) = (await IssueAsync("g1", TimeSpan.FromMinutes(5)), await IssueAsync("g2", TimeSpan.FromMinutes(5)));
        var role = new Uri(stuck.Secret).UserInfo.Split(':')[0];
        await Target.RunAsync($"ALTER ROLE {role} SUPERUSER");

        var denied = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.Connector.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g1", "g2"], ConnectorTarget.Valid(), Cancellation));

        Assert.Equal(PlatformError.AccessDenied, denied.Error);
        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(other.Secret, Target.Resource(1)));
        await Target.RunAsync($"ALTER ROLE {role} NOSUPERUSER");
        Assert.NotNull(await EndAsync("g1"));
    }

    [Fact]
    public async Task A_second_credential_of_a_grant_takes_the_place_of_the_first()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var first = await IssueAsync("g1", TimeSpan.FromMinutes(5));
        var second = await IssueAsync("g1", TimeSpan.FromMinutes(5));

        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(first.Secret, Target.Resource(1)));
        Assert.Equal(CredentialAnswer.Works, await Target.TryAsync(second.Secret, Target.Resource(1)));
    }

    [Fact]
    public async Task A_login_that_was_given_something_by_hand_is_ended_all_the_same()
    {
        var issued = await IssueAsync("g1", TimeSpan.FromMinutes(5));
        var role = new Uri(issued.Secret).UserInfo.Split(':')[0];
        await Target.RunAsync($"GRANT SELECT ON {Target.Schema}.table_2 TO {role}");
        await Target.RunInAsync("bank", $"CREATE TABLE t_{Target.Number} (id int); GRANT SELECT ON t_{Target.Number} TO {role}");
        Assert.Contains((await Target.ObserveAsync()).Objects, seen => seen is { Ownership: Ownership.Foreign, Object.Kind: "Grant" } && seen.Object.Key.EndsWith($" to {role}", StringComparison.Ordinal));

        // What the superuser has given on a table of its own cannot be taken back by us; what opens the door can.
        Assert.NotNull(await EndAsync("g1"));

        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(issued.Secret, Target.Resource(2)));
        Assert.Null(await EndAsync("g1"));
    }

    [Fact]
    public async Task A_login_that_owns_something_opens_nothing_any_more_and_what_it_owns_is_not_destroyed()
    {
        var issued = await IssueAsync("g1", TimeSpan.FromMinutes(5));
        var role = new Uri(issued.Secret).UserInfo.Split(':')[0];
        await Target.RunAsync($"ALTER TABLE {Target.Schema}.table_2 OWNER TO {role}");

        Assert.NotNull(await EndAsync("g1"));

        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(issued.Secret, Target.Resource(2)));
        Assert.Equal(0L, await Target.AskAsync<long>($"SELECT count(*) FROM {Target.Schema}.table_2"));
        Assert.False(await Target.AskAsync<bool>($"SELECT rolcanlogin OR EXISTS (SELECT FROM pg_auth_members WHERE member = oid) FROM pg_roles WHERE rolname = '{role}'"));
        Assert.Null(await EndAsync("g1"));
    }

    [Fact]
    public async Task What_a_login_is_given_to_own_while_it_is_ended_is_not_destroyed()
    {
        var issued = await IssueAsync("g1", TimeSpan.FromMinutes(5));
        var role = new Uri(issued.Secret).UserInfo.Split(':')[0];
        await Target.RunAsync($"GRANT SELECT ON {Target.Schema}.table_1 TO {role}");
        // Between its looking and its dropping, somebody gives the login a table.
        using var given = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        using var between = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (request.Target.Contains("DROP OWNED", StringComparison.Ordinal))
            {
                reached.Set();
                given.Wait(TimeSpan.FromSeconds(30), Cancellation);
            }

            return false;
        });
        var ending = Target.Faulty.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g1"], ConnectorTarget.Valid(), Cancellation);
        await Eventually.TrueAsync(() => Task.FromResult(reached.IsSet), TimeSpan.FromSeconds(10), () => "It did not get to drop.", Cancellation);

        await Target.RunAsync($"ALTER TABLE {Target.Schema}.table_2 OWNER TO {role}");
        given.Set();

        Assert.NotNull(await ending);
        Assert.Equal(0L, await Target.AskAsync<long>($"SELECT count(*) FROM {Target.Schema}.table_2"));
        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(issued.Secret, Target.Resource(2)));
    }

    [Fact]
    public async Task A_password_that_a_login_sets_for_what_it_can_become_opens_nothing_after_its_grant()
    {
        await Target.RunAsync($"ALTER ROLE {Target.Binding.Principal} LOGIN");
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var issued = await IssueAsync("g1", TimeSpan.FromMinutes(5));
        var login = new Uri(issued.Secret).UserInfo.Split(':')[0];
        string[] roles = [Target.Binding.Principal, Target.IdentityRole, PostgresTarget.SetOf(Target.OnTable(1, "SELECT")), login];
        await using (var open = await PostgresTarget.LogInAsync(issued.Secret))
        {
            foreach (var role in roles)
                await TryAsync(open, $"RESET ROLE; SET ROLE {role}; ALTER ROLE {role} PASSWORD 'evil'");
        }

        await EndAsync("g1");

        foreach (var role in roles)
            Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(new UriBuilder(issued.Secret) { UserName = role, Password = "evil" }.Uri.AbsoluteUri, Target.Resource(1)));
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    [Fact]
    public async Task A_login_has_what_is_given_to_the_identity_and_nothing_that_others_gave_the_principal()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.RunAsync($"GRANT SELECT ON {Target.Schema}.table_2 TO {Target.Binding.Principal}");

        var issued = await IssueAsync("g1", TimeSpan.FromMinutes(5));

        Assert.Equal(CredentialAnswer.Works, await Target.TryAsync(issued.Secret, Target.Resource(1)));
        Assert.Equal(CredentialAnswer.Forbidden, await Target.TryAsync(issued.Secret, Target.Resource(2)));
    }

    [Fact]
    public async Task A_login_in_the_principal_is_told_and_the_next_credential_of_its_grant_takes_it_out()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var login = new Uri((await IssueAsync("g1", TimeSpan.FromMinutes(5))).Secret).UserInfo.Split(':')[0];
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, seen => seen.Ownership == Ownership.Foreign);
        await Target.RunAsync($"GRANT {Target.Binding.Principal} TO {login}");
        Assert.Equal($"{Target.Binding.Principal} to {login}", Assert.Single((await Target.ObserveAsync()).Objects, seen => seen.Ownership == Ownership.Foreign).Object.Key);

        await IssueAsync("g1", TimeSpan.FromMinutes(5));

        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, seen => seen.Ownership == Ownership.Foreign);
    }

    [Fact]
    public async Task An_identity_s_role_that_can_log_in_is_told_and_gets_no_credential()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.RunAsync($"ALTER ROLE {Target.IdentityRole} LOGIN");

        var refused = await Assert.ThrowsAsync<PlatformException>(() => IssueAsync("g1", TimeSpan.FromMinutes(5)));

        Assert.Equal(PlatformError.Rejected, refused.Error);
        Assert.Contains("can log in by itself", refused.Message, StringComparison.Ordinal);
        Assert.Null(await RoleAsync("g1"));
        Assert.Contains((await Target.ObserveAsync()).Objects, seen => seen is { Ownership: Ownership.Foreign, Object.Kind: "Attributes" } && seen.Object.Body.Contains("LOGIN", StringComparison.Ordinal));
    }

    private static async Task TryAsync(NpgsqlConnection open, string sql)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, open);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState == "42501")
        {
            // The better.
        }
    }

    private async Task<IssuedCredential> IssueAsync(string grant, TimeSpan left)
    {
        var now = TimeProvider.System.GetUtcNow();
        return (await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, grant, now + left, now), ConnectorTarget.Valid(), Cancellation)).Value;
    }

    private Task<DateTimeOffset?> EndAsync(string grant) =>
        Target.Connector.EndSessionsAsync(Target.Binding, Target.IdentityId, [grant], ConnectorTarget.Valid(), Cancellation);

    private Task<string?> RoleAsync(string grant) =>
        Target.AskAsync<string>($"SELECT rolname::text FROM pg_roles WHERE rolname = '{OwnNames.Login(PostgresTarget.PlatformId, Target.IdentityId, grant)}'");

    private async Task<long> CountAsync(NpgsqlConnection open)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {Target.Schema}.table_1", open);
        return await count.ExecuteScalarAsync(Cancellation) is long rows ? rows : -1;
    }

    private async Task<string> LogAsync()
    {
        await using var file = new FileStream(Cluster.Server.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
