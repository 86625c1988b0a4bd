using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Postgres.Tests;

/// <summary>Everything that a connector owes, on a real PostgreSQL.</summary>
public sealed class PostgresContractTests(Cluster cluster) : ConnectorContract
{
    protected override async Task<ConnectorTarget> MakeAsync() => await PostgresTarget.MakeAsync(cluster);
}
