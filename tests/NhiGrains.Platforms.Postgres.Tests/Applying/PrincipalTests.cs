using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Tests.Applying;

/// <summary>Making principals, and ending them.</summary>
public class PrincipalTests(Cluster cluster) : PostgresTests(cluster)
{
    private Binding Made => new(PostgresTarget.PlatformId, $"made_{Target.Number}", CreateIfMissing: true);

    [Fact]
    public async Task A_principal_that_we_made_cannot_log_in_and_ends_with_its_logins_sessions_and_what_others_gave_it_in_every_database()
    {
        var nativeId = await MakeAsync();
        Assert.False(await Target.AskAsync<bool>($"SELECT rolcanlogin FROM pg_roles WHERE oid = {nativeId}"));
        await Target.RunAsync($"GRANT SELECT ON {Target.Schema}.table_2 TO {Made.Principal}");
        await Target.RunInAsync("bank", $"SET ROLE {Cluster.Owner}; CREATE SCHEMA b_{Target.Number}; GRANT USAGE ON SCHEMA b_{Target.Number} TO {Made.Principal}; RESET ROLE");
        var now = TimeProvider.System.GetUtcNow();
        var issued = (await Target.Connector.IssueCredentialAsync(new(Made, Target.IdentityId, "g1", now.AddMinutes(5), now), ConnectorTarget.Valid(), Cancellation)).Value;
        await using var open = await PostgresTarget.LogInAsync(issued.Secret);

        var after = await OffboardAsync();
        Assert.Equal(0, (await OffboardAsync()).Writes);

        Assert.Null(after.PrincipalNativeId);
        Assert.False(await AnyRoleAsync());
        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(issued.Secret, Target.Resource(1)));
        await using var ask = new NpgsqlCommand("SELECT 1", open);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ask.ExecuteScalarAsync(Cancellation));
        Assert.Empty((await Target.Connector.ProbeAsync(Nothing(), Cancellation))?.Wrong ?? []);
    }

    [Fact]
    public async Task A_principal_that_owns_a_table_stays_without_login_and_the_table_is_not_destroyed()
    {
        await MakeAsync();
        await Target.RunAsync($"ALTER TABLE {Target.Schema}.table_2 OWNER TO {Made.Principal}; ALTER ROLE {Made.Principal} LOGIN");

        var stays = await Assert.ThrowsAsync<PlatformException>(() => OffboardAsync());

        Assert.Equal(PlatformError.Rejected, stays.Error);
        Assert.Contains("owns objects in the database 'shop'", stays.Message, StringComparison.Ordinal);
        Assert.False(await Target.AskAsync<bool>($"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{Made.Principal}'"));
        Assert.Equal(0L, await Target.AskAsync<long>($"SELECT count(*) FROM {Target.Schema}.table_2"));
        await Target.RunAsync($"ALTER TABLE {Target.Schema}.table_2 OWNER TO {Cluster.Owner}");
        Assert.Null((await OffboardAsync()).PrincipalNativeId);
        Assert.False(await AnyRoleAsync());
    }

    [Fact]
    public async Task A_principal_with_privileges_in_a_database_that_is_not_under_control_stays_and_it_is_said_where()
    {
        await MakeAsync();
        await Target.RunInAsync("other", $"CREATE SCHEMA o_{Target.Number}; GRANT USAGE ON SCHEMA o_{Target.Number} TO {Made.Principal}");

        var stays = await Assert.ThrowsAsync<PlatformException>(() => OffboardAsync());

        Assert.Contains("in the database 'other', which is not under control", stays.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_principal_of_somebody_else_stays_as_it_is()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        var before = await Target.ApplyAsync(desired);

        var after = await Target.ApplyAsync(Target.Desired(3) with { PrincipalWanted = false });

        Assert.Equal(before.PrincipalNativeId, after.PrincipalNativeId);
        Assert.True(await Target.AskAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Target.Binding.Principal}')"));
        Assert.False(await Target.AskAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Target.IdentityRole}')"));
    }

    [Fact]
    public async Task A_principal_that_inherits_nothing_is_refused_and_one_that_is_missing_too()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.RunAsync($"ALTER ROLE {Target.Binding.Principal} NOINHERIT");

        var deaf = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired));
        var missing = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired with { Binding = Made with { CreateIfMissing = false } }));

        Assert.Equal((PlatformError.Rejected, PlatformError.NotFound), (deaf.Error, missing.Error));
        Assert.Contains("NOINHERIT", deaf.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_identities_on_one_principal_do_not_take_from_each_other()
    {
        var read = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        var both = read with { IdentityId = $"second-{Target.Number}", Entitlements = [new(Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Delete), "intent", null)] };
        await Target.ApplyAsync(read);
        await Target.ApplyAsync(both);

        await Target.ApplyAsync(both with { Generation = 3, Entitlements = [] });

        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Delete));
    }

    private async Task<string?> MakeAsync()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)) with { Binding = Made };
        var made = await Target.ApplyAsync(desired);
        Assert.NotNull(made.PrincipalNativeId);
        Assert.Empty(Domain.Drift.Comparison.Compare(Target.Plan(desired).Objects, await Target.Connector.ObserveAsync(Made, Target.IdentityId, Cancellation)));
        return made.PrincipalNativeId;
    }

    private DesiredState Nothing() => Target.Desired(3) with { Binding = Made, PrincipalWanted = false };

    private Task<ApplyResult> OffboardAsync() => Target.ApplyAsync(Nothing());

    private Task<bool> AnyRoleAsync() => Target.AskAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Made.Principal}' OR shobj_description(oid, 'pg_authid') LIKE '%\"{Target.IdentityId}\"%')");
}
