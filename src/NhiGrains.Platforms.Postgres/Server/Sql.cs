using System.Globalization;

namespace NhiGrains.Platforms.Postgres.Server;

/// <summary>Names and texts as PostgreSQL quotes them. The connections have <c>standard_conforming_strings</c> on, so a backslash is one.</summary>
internal static class Sql
{
    public static string Name(string identifier) => $"\"{Plain(identifier).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Text(string text) => $"'{Plain(text).Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One statement and so one transaction, on one way there and back: all of it happens or nothing.</summary>
    public static string Block(string body)
    {
        var tag = "nhi";
        while (body.Contains($"${tag}$", StringComparison.Ordinal))
            tag += "i";
        return $"DO ${tag}$ BEGIN\n{body}\nEND ${tag}$";
    }

    /// <summary>Until the end of the transaction, and for this database alone: PostgreSQL keeps advisory locks by database.</summary>
    public static string Lock(string what) => $"PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended({Text("nhigrains " + what)}, 0));";

    public static string LockShared(string what) => $"PERFORM pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended({Text("nhigrains " + what)}, 0));";

    /// <summary>Ends the transaction with one of <see cref="OwnStates"/>, unless the condition holds.</summary>
    public static string Require(string condition, string state, string message) =>
        $"IF NOT coalesce(({condition}), false) THEN RAISE EXCEPTION USING ERRCODE = {Text(state)}, MESSAGE = {Text(message)}; END IF;";

    private static string Plain(string text) => text.Contains('\0', StringComparison.Ordinal)
        ? throw new PlatformException(PlatformError.Rejected, "PostgreSQL has no names with a zero in them.")
        : text;
}

/// <summary>The SQLSTATEs of our own blocks; their messages are ours as well.</summary>
internal static class OwnStates
{
    public const string Conflict = "NHI01";
    public const string Occupied = "NHI02";
    public const string NotFound = "NHI04";
    public const string Denied = "NHI05";
}
