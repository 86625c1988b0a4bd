using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

/// <summary>What the control plane's own role logs in with ends, or its rights do, while it is at work.</summary>
public class OwnCredentialTests(Cluster cluster) : PostgresTests(cluster)
{
    private const string Password = "own-credential-1";

    private string Role => $"own_{Target.Number}";

    [Theory]
    [InlineData("PASSWORD 'own-credential-2'", "PASSWORD 'own-credential-1'")]
    [InlineData("VALID UNTIL '2020-01-01'", "VALID UNTIL 'infinity'")]
    [InlineData("NOLOGIN", "LOGIN")]
    public async Task What_ends_in_the_middle_is_told_as_soon_as_a_session_is_needed_and_nothing_is_half_done(string ends, string mended)
    {
        await MakeRoleAsync();
        var (services, connector) = Connector();
        await using var _ = services;
        var (before, after) = (Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), Target.Desired(3, Target.Entitlement(Target.Resource(2), Verb.Read)));
        await Target.ApplyAsync(before, connector);

        // PostgreSQL asks for a password at the login and never again, so a session that is open goes on.
        await Target.RunAsync($"ALTER ROLE {Role} {ends}");
        Assert.Empty(Comparison.Compare(Target.Plan(before).Objects, await Target.ObserveAsync(connector)));
        await EndSessionsAsync();
        var failures = new[]
        {
            await RefusedAsync(() => Target.ObserveAsync(connector)),
            await RefusedAsync(() => Target.ApplyAsync(after, connector)),
        };

        Assert.All(failures, failure => Assert.Equal(PlatformError.AccessDenied, failure.Error));
        Assert.All(failures, failure => Assert.Contains("does not let the control plane's role in (28", failure.Message, StringComparison.Ordinal));
        Assert.All(failures, failure => Assert.DoesNotContain(Password, failure.ToString(), StringComparison.Ordinal));
        Assert.Empty(Comparison.Compare(Target.Plan(before).Objects, await Target.ObserveAsync()));

        await Target.RunAsync($"ALTER ROLE {Role} {mended}");
        await Target.ApplyAsync(after, connector);
        Assert.Empty(Comparison.Compare(Target.Plan(after).Objects, await Target.ObserveAsync()));
    }

    [Fact]
    public async Task Who_has_lost_the_right_to_give_still_takes_away_and_says_what_it_lacks()
    {
        await MakeRoleAsync();
        var (services, connector) = Connector();
        await using var _ = services;
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), connector);
        await Target.RunAsync($"REVOKE {Cluster.Owner} FROM {Role}");

        var denied = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3, Target.Entitlement(Target.Resource(2), Verb.Read)), connector));

        Assert.Equal(PlatformError.AccessDenied, denied.Error);
        Assert.Contains("permission denied for", denied.Message, StringComparison.Ordinal);
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.False(await Target.AllowsAsync(Target.Resource(2), Verb.Read));
        await Target.ApplyAsync(Target.Desired(4), connector);
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, seen => seen.Ownership == Domain.Enforcement.Ownership.Ours);
    }

    private Task MakeRoleAsync() => Target.RunAsync($"""
        CREATE ROLE {Role} LOGIN CREATEROLE PASSWORD '{Password}';
        GRANT {Cluster.Owner} TO {Role};
        GRANT pg_signal_backend TO {Role}
        """);

    private (ServiceProvider Services, IPlatformConnector Connector) Connector() =>
        PostgresTarget.ConnectorFor(Cluster.Server.Port, Role, Password, databases: "shop");

    private async Task EndSessionsAsync()
    {
        await Target.RunAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{Role}'");
        await Eventually.TrueAsync(() => Target.AskAsync<bool>($"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '{Role}')"),
            TimeSpan.FromSeconds(10), () => "The sessions do not end.", Cancellation);
    }

    /// <summary>The first that meets a session which was ended finds it broken, and not why.</summary>
    private static async Task<PlatformException> RefusedAsync(Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<PlatformException>(action);
        return failure.Error == PlatformError.Unavailable ? await Assert.ThrowsAsync<PlatformException>(action) : failure;
    }
}
