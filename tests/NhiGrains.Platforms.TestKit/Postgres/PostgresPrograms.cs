namespace NhiGrains.Platforms.TestKit.Postgres;

/// <summary>Where initdb and postgres are.</summary>
internal static class PostgresPrograms
{
    public static Task<string> LocateAsync(CancellationToken cancellation) =>
        TargetScript.LocateAsync("NHIGRAINS_POSTGRES", "deploy/dev/postgres.sh", "PostgreSQL", cancellation);
}
