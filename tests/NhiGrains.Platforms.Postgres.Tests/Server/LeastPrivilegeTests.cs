using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

/// <summary>The control plane's role is no superuser, and what it lacks is named.</summary>
public class LeastPrivilegeTests(Cluster cluster) : PostgresTests(cluster)
{
    private const string Password = "least-privilege";

    private string Role => $"control_{Target.Number}";

    [Fact]
    public async Task The_role_that_everything_is_tested_with_is_what_the_documentation_says_and_no_superuser()
    {
        var attributes = await Target.AskAsync<string>($"SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls) FROM pg_roles WHERE rolname = '{Cluster.Control}'");
        var said = await File.ReadAllTextAsync(Checkout.PathOf("docs/platforms/postgres.md"), Cancellation);

        Assert.Equal("f t f f f", attributes);
        Assert.Contains("CREATE ROLE nhigrains LOGIN CREATEROLE", said, StringComparison.Ordinal);
        Assert.Contains("GRANT pg_signal_backend TO nhigrains", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_CREATEROLE_it_is_said_that_roles_cannot_be_made()
    {
        await Target.RunAsync($"CREATE ROLE {Role} LOGIN PASSWORD '{Password}'; GRANT {Cluster.Owner} TO {Role}");

        await AssertDeniedAsync("permission denied to create role");
    }

    [Fact]
    public async Task Without_the_right_to_grant_the_privilege_that_is_missing_is_named_and_nothing_is_given()
    {
        await Target.RunAsync($"CREATE ROLE {Role} LOGIN CREATEROLE PASSWORD '{Password}'; GRANT CONNECT ON DATABASE shop TO {Role} WITH GRANT OPTION; GRANT USAGE ON SCHEMA {Target.Schema} TO {Role} WITH GRANT OPTION; GRANT SELECT ON {Target.Schema}.table_1 TO {Role}");

        await AssertDeniedAsync($"may not grant SELECT on table shop/{Target.Schema}/table_1: it needs the privilege with grant option");
    }

    [Fact]
    public async Task With_grant_options_alone_the_owner_s_role_is_not_needed()
    {
        await Target.RunAsync($"CREATE ROLE {Role} LOGIN CREATEROLE PASSWORD '{Password}'; GRANT CONNECT ON DATABASE shop TO {Role} WITH GRANT OPTION; GRANT USAGE ON SCHEMA {Target.Schema} TO {Role} WITH GRANT OPTION; GRANT SELECT ON {Target.Schema}.table_1 TO {Role} WITH GRANT OPTION");
        var (services, connector) = Connector();
        await using var _ = services;
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

        await Target.ApplyAsync(desired, connector);
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(Target.Desired(3), connector);

        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    [Fact]
    public async Task Without_pg_signal_backend_an_open_session_is_told_and_has_no_access_any_more()
    {
        await Target.RunAsync($"CREATE ROLE {Role} LOGIN CREATEROLE PASSWORD '{Password}'; GRANT {Cluster.Owner} TO {Role}");
        var (services, connector) = Connector();
        await using var _ = services;
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), connector);
        var now = TimeProvider.System.GetUtcNow();
        var issued = (await connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g1", now.AddMinutes(5), now), ConnectorTarget.Valid(), Cancellation)).Value;
        await using var open = await PostgresTarget.LogInAsync(issued.Secret);

        var denied = await Assert.ThrowsAsync<PlatformException>(() => connector.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g1"], ConnectorTarget.Valid(), Cancellation));

        Assert.Equal(PlatformError.AccessDenied, denied.Error);
        Assert.Contains("pg_signal_backend", denied.Message, StringComparison.Ordinal);
        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(issued.Secret, Target.Resource(1)));
        await using var read = new Npgsql.NpgsqlCommand($"SELECT count(*) FROM {Target.Schema}.table_1", open);
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => read.ExecuteScalarAsync(Cancellation))).SqlState);
    }

    private async Task AssertDeniedAsync(string says)
    {
        var (services, connector) = Connector();
        await using var _ = services;

        var denied = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), connector));

        Assert.Equal(PlatformError.AccessDenied, denied.Error);
        Assert.Contains(says, denied.Message, StringComparison.Ordinal);
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    private (Microsoft.Extensions.DependencyInjection.ServiceProvider Services, IPlatformConnector Connector) Connector() =>
        PostgresTarget.ConnectorFor(Cluster.Server.Port, Role, Password, databases: "shop");
}
