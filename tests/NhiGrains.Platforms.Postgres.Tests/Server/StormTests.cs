using System.Globalization;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

/// <summary>A server that is sick, and one that dies, on a server of their own.</summary>
public sealed class StormTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Identities = 60;

    private readonly Cluster _own = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _own.InitializeAsync();

    public ValueTask DisposeAsync() => _own.DisposeAsync();

    [Fact]
    public async Task With_throttling_lost_answers_and_errors_every_grant_and_every_revocation_converges()
    {
        await using var target = await PostgresTarget.MakeAsync(_own);
        for (var i = 0; i < Identities; i++)
            await target.RunAsync($"CREATE ROLE storm_{i}");
        using (target.Proxy.Inject(new Fault.Answer(429), _ => Chance(20)))
        using (target.Proxy.Inject(new Fault.DropAfter(), _ => Chance(5)))
        using (target.Proxy.Inject(new Fault.Answer(503), _ => Chance(5)))
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, Identities), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancellation }, async (i, _) =>
            {
                await UntilDoneAsync(target, Desired(target, i, 2, Verb.Read, Verb.Delete));
                await UntilDoneAsync(target, i % 2 == 0 ? Desired(target, i, 3, Verb.Read) : Desired(target, i, 3));
            });
        }

        output.WriteLine($"{2 * Identities} changes by {target.Proxy.Passed.Count} statements, {target.Proxy.Passed.Count / (2.0 * Identities):F1} each");
        for (var i = 0; i < Identities; i++)
        {
            var desired = i % 2 == 0 ? Desired(target, i, 3, Verb.Read) : Desired(target, i, 3);
            Assert.Empty(Comparison.Compare(target.Plan(desired).Objects, await target.Connector.ObserveAsync(desired.Binding, desired.IdentityId, Cancellation)));
            Assert.Equal(i % 2 == 0, await target.AskAsync<bool>($"SELECT has_table_privilege('storm_{i}', '{target.Schema}.table_1', 'SELECT')"));
            Assert.False(await target.AskAsync<bool>($"SELECT has_table_privilege('storm_{i}', '{target.Schema}.table_1', 'DELETE')"));
        }
    }

    [Fact]
    public async Task A_server_that_was_killed_and_came_back_is_served_again_and_what_was_given_is_still_there()
    {
        await using var target = await PostgresTarget.MakeAsync(_own);
        var desired = target.Desired(2, target.Entitlement(target.Resource(1), Verb.Read));
        await target.ApplyAsync(desired);

        var issued = await target.Connector.IssueCredentialAsync(Credential(target), ConnectorTarget.Valid(), Cancellation);

        await _own.Server.StopAsync();
        // However often it is tried meanwhile.
        for (var round = 0; round < 2; round++)
            await AssertAwayAsync(target);
        await _own.Server.StartAgainAsync(Cancellation);

        await Eventually.TrueAsync(async () => await TryAsync(() => target.ApplyAsync(desired)), TimeSpan.FromSeconds(30), () => "It is not served again.", Cancellation);
        Assert.Empty(Comparison.Compare(target.Plan(desired).Objects, await target.ObserveAsync()));
        Assert.Equal(CredentialAnswer.Works, await target.TryAsync(issued.Value.Secret, target.Resource(1)));
        await using var admin = _own.AdminOf("shop");
        await using var logins = admin.CreateCommand("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'nhi\\_login\\_%'");
        Assert.Equal(1L, await logins.ExecuteScalarAsync(Cancellation));
    }

    /// <summary>Whatever is asked of it.</summary>
    private static async Task AssertAwayAsync(PostgresTarget target)
    {
        var (connector, fence) = (target.Connector, ConnectorTarget.Valid());
        var all = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
        {
            ["observe"] = () => target.ObserveAsync(),
            ["observe all"] = async () => await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation),
            ["give"] = () => target.ApplyAsync(target.Desired(3, target.Entitlement(target.Resource(2), Verb.Delete))),
            ["take away"] = () => target.ApplyAsync(target.Desired(3)),
            ["offboard"] = () => target.ApplyAsync(target.Desired(3) with { PrincipalWanted = false }),
            ["probe"] = () => connector.ProbeAsync(target.Desired(2, target.Entitlement(target.Resource(1), Verb.Read)), Cancellation),
            ["issue"] = () => connector.IssueCredentialAsync(Credential(target), fence, Cancellation),
            ["end"] = () => connector.EndSessionsAsync(target.Binding, target.IdentityId, ["g1"], fence, Cancellation),
        };
        foreach (var (asked, ask) in all)
        {
            var away = await Assert.ThrowsAsync<PlatformException>(ask);
            Assert.True(away.Error == PlatformError.Unavailable, $"{asked}: {away.Error} {away.Message}");
        }
    }

    private static CredentialRequest Credential(PostgresTarget target)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(target.Binding, target.IdentityId, "g1", now.AddMinutes(5), now);
    }

    private static DesiredState Desired(PostgresTarget target, int i, long generation, params Verb[] verbs) =>
        target.Desired(generation, verbs.Length == 0 ? [] : [target.Entitlement(target.Resource(1), verbs)]) with
        {
            IdentityId = string.Create(CultureInfo.InvariantCulture, $"storm-{i}"),
            Binding = new(PostgresTarget.PlatformId, string.Create(CultureInfo.InvariantCulture, $"storm_{i}")),
        };

    private static async Task UntilDoneAsync(PostgresTarget target, DesiredState desired)
    {
        for (var attempt = 1; !await TryAsync(() => target.Faulty.ApplyAsync(desired, target.Plan(desired), ConnectorTarget.Valid(), Cancellation)); attempt++)
            Assert.True(attempt < 200, $"{desired.IdentityId} does not converge.");
    }

    private static async Task<bool> TryAsync(Func<Task<ApplyResult>> apply)
    {
        try
        {
            await apply();
            return true;
        }
        catch (PlatformException failure) when (failure.Error is PlatformError.Unavailable or PlatformError.Throttled or PlatformError.Conflict)
        {
            return false;
        }
    }

#pragma warning disable CA5394 // Faults need no secrecy.
    private static bool Chance(int percent) => Random.Shared.Next(100) < percent;
#pragma warning restore CA5394
}
