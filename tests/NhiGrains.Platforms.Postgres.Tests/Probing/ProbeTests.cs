using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Postgres.Tests.Probing;

/// <summary>Where has_table_privilege alone would say yes.</summary>
public class ProbeTests(Cluster cluster) : PostgresTests(cluster)
{
    [Fact]
    public async Task A_privilege_without_usage_of_the_schema_is_no_access()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Target.RunAsync($"REVOKE {PostgresTarget.SetOf(new("schema", "shop", Target.Schema, "", "USAGE"))} FROM {Target.IdentityRole}");

        var report = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.True(await Target.AskAsync<bool>($"SELECT has_table_privilege('{Target.Binding.Principal}', '{Target.Schema}.table_1', 'SELECT')"));
        Assert.Contains(report?.Wrong ?? [], wrong => wrong.Question.StartsWith($"SELECT on table shop/{Target.Schema}/table_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_whose_own_login_has_expired_is_told_though_its_privileges_stay()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        Assert.Empty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);

        await Target.RunAsync($"ALTER ROLE {Target.Binding.Principal} LOGIN VALID UNTIL '2001-01-01'");
        var report = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.True(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
        Assert.Equal([$"role {Target.Binding.Principal} has not expired"], report?.Wrong.Select(wrong => wrong.Question));
    }

    [Fact]
    public async Task What_does_not_exist_is_allowed_to_nobody()
    {
        var gone = Target.Desired(2, Target.Entitlement(Target.Resource(9), Verb.Read));

        var report = await Target.Connector.ProbeAsync(gone, Cancellation);
        var nobody = await Target.Connector.ProbeAsync(gone with { Binding = new(PostgresTarget.PlatformId, "nobody_at_all") }, Cancellation);

        Assert.Contains(report?.Wrong ?? [], wrong => wrong.Question.StartsWith("SELECT on table", StringComparison.Ordinal));
        Assert.Contains(nobody?.Wrong ?? [], wrong => wrong.Question == "role nobody_at_all exists");
        Assert.DoesNotContain(nobody?.Probes ?? [], probe => probe.Answered);
    }

    [Fact]
    public async Task What_PUBLIC_an_owner_and_a_superuser_have_is_not_held_against_us()
    {
        await Target.RunAsync($"GRANT USAGE ON SCHEMA {Target.Schema} TO PUBLIC; GRANT DELETE ON {Target.Schema}.table_1 TO PUBLIC; ALTER TABLE {Target.Schema}.table_2 OWNER TO {Target.Binding.Principal}");
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);

        var report = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.Empty(report?.Wrong ?? []);
        Assert.Contains(report?.NotAsked ?? [], why => why.StartsWith($"DELETE on table shop/{Target.Schema}/table_1", StringComparison.Ordinal) && why.Contains("PUBLIC", StringComparison.Ordinal));
        Assert.Contains(report?.NotAsked ?? [], why => why.StartsWith($"SELECT on table shop/{Target.Schema}/table_2", StringComparison.Ordinal) && why.Contains("ownership", StringComparison.Ordinal));
        Assert.Contains(report?.NotAsked ?? [], why => why.StartsWith("CONNECT on database bank", StringComparison.Ordinal) && why.Contains("PUBLIC", StringComparison.Ordinal));
    }
}
