using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Postgres.Tests.Observing;

/// <summary>Thousands of roles, on a server of their own.</summary>
public sealed class BulkTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Roles = 5_000;

    private readonly Cluster _own = new();

    public ValueTask InitializeAsync() => _own.InitializeAsync();

    public ValueTask DisposeAsync() => _own.DisposeAsync();

    [Fact]
    public async Task Five_thousand_roles_with_memberships_are_read_back_in_a_few_statements()
    {
        await using var target = await PostgresTarget.MakeAsync(_own);
        await target.RunAsync($"CREATE ROLE everybody; GRANT SELECT ON {target.Schema}.table_1 TO everybody; DO $$ BEGIN FOR i IN 1..{Roles} LOOP EXECUTE format('CREATE ROLE mass_%s; GRANT everybody TO mass_%s', i, i); END LOOP; END $$");
        await target.Faulty.ObserveAllAsync(TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken);
        var (before, since) = (target.Proxy.Passed.Count, TimeProvider.System.GetTimestamp());

        var all = await target.Faulty.ObserveAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var took = TimeProvider.System.GetElapsedTime(since);
        var statements = target.Proxy.Passed.Count - before;
        output.WriteLine($"{all.Count} roles in {took.TotalMilliseconds:F0} ms by {statements} statements");
        var mass = all.Where(one => one.Principal.StartsWith("mass_", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Roles, mass.Length);
        Assert.All(mass, one => Assert.Equal("everybody", Assert.Single(one.Objects, o => o.Ownership == Ownership.Foreign).Object.Key));
        Assert.All(target.Proxy.Passed, request => Assert.True(request.Reads));
        Assert.True(statements <= 20, $"{statements} statements");
        // Well under a second when the machine has nothing else to do.
        Assert.True(took < TimeSpan.FromSeconds(5), took.ToString());
    }
}
