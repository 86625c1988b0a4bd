namespace NhiGrains.Platforms.Postgres.Tests;

/// <summary>Tests of what is PostgreSQL's own, each in a schema of its own.</summary>
public abstract class PostgresTests(Cluster cluster) : IAsyncLifetime
{
    private PostgresTarget? _target;

    protected Cluster Cluster => cluster;

    internal PostgresTarget Target => _target ?? throw new InvalidOperationException("The target was not made.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _target = await PostgresTarget.MakeAsync(cluster);

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
            await _target.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
