using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

/// <summary>What is wrong is said in types and words, without a secret.</summary>
public class FailureTests(Cluster cluster) : PostgresTests(cluster)
{
    [Fact]
    public async Task A_wrong_password_is_ours_to_mend_and_is_not_repeated()
    {
        await AssertFailsAsync(PlatformError.AccessDenied, "does not let the control plane's role in (28P01)", password: "hunter2-wrong");
        await AssertFailsAsync(PlatformError.AccessDenied, "does not let the control plane's role in (28", user: "nobody_at_all");
    }

    [Fact]
    public Task A_database_that_does_not_exist_is_named() =>
        AssertFailsAsync(PlatformError.NotFound, "in database 'nowhere': there is no such database", databases: "nowhere");

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var port = TestKit.Kubernetes.LoopbackPorts.Free(1)[0];
        var (services, connector) = PostgresTarget.ConnectorFor(port);
        await using var _ = services;

        var failure = await Assert.ThrowsAsync<PlatformException>(() => connector.ObserveAsync(Target.Binding, Target.IdentityId, Cancellation));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
        Assert.Contains("ConnectionRefused", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_is_named_and_nothing_is_given_by_halves()
    {
        Entitlement[] missing =
        [
            Target.Entitlement(new("table", $"shop/{Target.Schema}", ResourceMatch.Exact, "no_such_table"), Verb.Read),
            Target.Entitlement(new("table", "shop/no_such_schema", ResourceMatch.Exact, "table_1"), Verb.Read),
            Target.Entitlement(new("sequence", $"shop/{Target.Schema}", ResourceMatch.Exact, "table_1"), Verb.Read),
            Target.Entitlement(new("function", $"shop/{Target.Schema}", ResourceMatch.Exact, "f:int4"), Verb.Invoke),
        ];
        foreach (var entitlement in missing)
        {
            var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), entitlement)));

            Assert.Equal(PlatformError.NotFound, failure.Error);
            Assert.Contains("There is no ", failure.Message, StringComparison.Ordinal);
            Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        }
    }

    [Fact]
    public async Task A_missing_table_keeps_nothing_from_being_taken_away()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Delete)));
        var missing = Target.Entitlement(new("table", $"shop/{Target.Schema}", ResourceMatch.Exact, "no_such_table"), Verb.Read);

        await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3, Target.Entitlement(Target.Resource(1), Verb.Read), missing)));

        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Delete));
    }

    private async Task AssertFailsAsync(PlatformError error, string says, string user = Cluster.Control, string password = Cluster.ControlPassword, params string[] databases)
    {
        var (services, connector) = PostgresTarget.ConnectorFor(Cluster.Server.Port, user, password, databases: databases);
        await using var _ = services;

        var failure = await Assert.ThrowsAsync<PlatformException>(() => connector.ObserveAsync(Target.Binding, Target.IdentityId, Cancellation));

        Assert.Equal(error, failure.Error);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, failure.ToString(), StringComparison.Ordinal);
    }
}
