using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Host.Tests.FourPlatforms;
using NhiGrains.Platforms.TestKit.Waiting;
using Npgsql;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(c) Batch job gets database access for 30 minutes, which ends by itself.</summary>
/// <remarks>
/// The policy is <c>policies/c-batch-job.yaml</c>; the database is a real PostgreSQL. That half an hour is what policy permits is asked;
/// what is then waited for is a grant of seconds, since the end is the same.
/// </remarks>
[Collection(StoryCollection.Name)]
public sealed class BatchJobStory(StoryWorld world)
{
    private const string Job = "nightly-report";

    private static readonly object[] ReadOrders =
        [new { platform = "pg:demo", verbs = new[] { "READ" }, resources = new[] { new { type = "table", container = "shop/public", match = "EXACT", name = "orders" } } }];

    [Fact]
    public async Task It_reads_until_its_time_is_over_and_then_its_login_and_its_open_session_are_gone()
    {
        using var admin = world.AsAdmin();
        await admin.RegisterAsync(Job, "SERVICE_ACCOUNT", "production", "reporting", [new { platform = "pg:demo", principal = "nightly_report", createIfMissing = true }], ("job", Job));
        using var job = world.AsIdentity(Job);

        var asked = await job.RequestAsync(Job, ReadOrders, seconds: 8 * 3_600);
        Assert.Equal(("PERMIT_REDUCED", 1_800), (StoryPortal.Outcome(asked), asked.GetProperty("decision").GetProperty("lifetimeSeconds").GetDouble()));
        await admin.DoAsync("revokeGrant", "... on GrantSuccess { grant { status } }", new { identityId = Job, grantId = Portal.Text(asked, "grantId"), waitFor = "REVOKED", waitSeconds = 30 });

        var grant = await job.RequestAsync(Job, ReadOrders, seconds: 12, waitFor: "EFFECTIVE");
        var end = grant.GetProperty("expiresAt").GetDateTimeOffset();
        var credential = await job.CredentialAsync(Job, grant, "pg:demo");
        Assert.Equal((null, "42501"), (await RealServer.TryReadAsync(credential, "orders"), await RealServer.TryReadAsync(credential, "salaries")));
        var login = new NpgsqlConnectionStringBuilder(RealServer.LoginOf(credential)).Username;
        var until = new DateTimeOffset(Assert.IsType<DateTime>(await world.Postgres.AskAsync($"SELECT rolvaliduntil FROM pg_roles WHERE rolname = '{login}'")));
        Assert.InRange(end - until, TimeSpan.Zero, TimeSpan.FromSeconds(1)); // Whole seconds, rounded down.

        await using var session = new NpgsqlConnection(RealServer.LoginOf(credential));
        await session.OpenAsync(TestContext.Current.CancellationToken);
        string? ended = null;
        await Eventually.TrueAsync(async () => (ended = await TryAsync(session)) is not null, TimeSpan.FromSeconds(40), () => "the session still reads", TestContext.Current.CancellationToken);
        Assert.True(TimeProvider.System.GetUtcNow() >= end - TimeSpan.FromSeconds(1), $"{ended} before the end");

        await admin.UntilAsync(Job, Portal.Text(grant, "grantId"), StoryPortal.IsRevoked);
        Assert.Equal("28P01", await RealServer.TryReadAsync(credential, "orders")); // No such login, or not with this password: PostgreSQL does not say which.
        Assert.Equal(0L, await world.Postgres.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{login}'"));
        Assert.Equal(0L, await world.Postgres.AskAsync($"SELECT count(*) FROM pg_roles WHERE rolname = '{login}'"));
        await world.ReplayAsync(Job);
    }

    private static async Task<string?> TryAsync(NpgsqlConnection session)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT count(*) FROM orders", session);
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            return null;
        }
        catch (NpgsqlException over)
        {
            return over.SqlState ?? over.Message;
        }
    }
}
