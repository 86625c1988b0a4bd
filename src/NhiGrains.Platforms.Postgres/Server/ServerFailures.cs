using System.Net.Sockets;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Server;

/// <summary>From what a PostgreSQL server or the way to it does to what the seam says.</summary>
/// <remarks>
/// A server's messages can repeat a statement, and so they stay out, except those of our own blocks and of 42501, which names the
/// object and the permission that is missing. No cause is kept, since it would carry the message along; only that the time ran out is
/// marked by one of our own, since that is not tried again at once.
/// </remarks>
internal static class ServerFailures
{
    private const int MaxMessage = 300;

    public static PlatformException Of(Exception exception, string doing) => exception switch
    {
        PostgresException answered => OfAnswer(answered, doing),
        TimeoutException or OperationCanceledException or NpgsqlException { InnerException: TimeoutException } => OutOfTime(doing, "no answer in time"),
        NpgsqlException { InnerException: SocketException socket } => Unavailable(doing, $"the server cannot be reached ({socket.SocketErrorCode})"),
        NpgsqlException { InnerException: IOException } or IOException or SocketException => Unavailable(doing, "the connection broke"),
        _ => Unavailable(doing, $"the answer could not be read ({exception.GetType().Name})"),
    };

    /// <summary>Who only reads has met nobody that wrote the same; and the same read may succeed.</summary>
    public static PlatformException OfRead(Exception exception, string doing) => exception is PostgresException answered && IsCollision(answered)
        ? Unavailable(doing, $"the server answered {answered.SqlState}")
        : Of(exception, doing);

    /// <summary>Somebody else wrote the same at the same time, and nothing of ours was done: the same block again may succeed.</summary>
    public static bool IsCollision(Exception exception) => exception is PostgresException answered && answered.SqlState switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateObject => true,
        // It has no code of its own: two transactions have changed one row of a catalogue, for example the grants on one table.
        PostgresErrorCodes.InternalError => answered.MessageText.StartsWith("tuple concurrently ", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Told only to who logs in, so whatever was to be done was not done.</summary>
    public static bool IsTurnedAway(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow };

    public static PlatformException OutOfTime(string doing, string text) =>
        new(PlatformError.Unavailable, $"Cannot {doing}: {text}.", new OperationCanceledException(text));

    public static PlatformException Unavailable(string doing, string text) => new(PlatformError.Unavailable, $"Cannot {doing}: {text}.");

    private static PlatformException OfAnswer(PostgresException answered, string doing)
    {
        PlatformException Failure(PlatformError error, string text) => new(error, $"Cannot {doing}: {text}");
        var state = answered.SqlState;
        if (IsCollision(answered))
            return Failure(PlatformError.Conflict, $"somebody else writes the same ({state}).");
        return state switch
        {
            OwnStates.Conflict => Failure(PlatformError.Conflict, Bounded(answered.MessageText)),
            OwnStates.Occupied => Failure(PlatformError.Rejected, Bounded(answered.MessageText)),
            OwnStates.NotFound => Failure(PlatformError.NotFound, Bounded(answered.MessageText)),
            OwnStates.Denied => Failure(PlatformError.AccessDenied, Bounded(answered.MessageText)),
            PostgresErrorCodes.InsufficientPrivilege => Failure(PlatformError.AccessDenied, $"{Bounded(answered.MessageText)} ({state})."),
            PostgresErrorCodes.TooManyConnections => Failure(PlatformError.Throttled, $"the server has too many connections ({state})."),
            PostgresErrorCodes.InvalidCatalogName => Failure(PlatformError.NotFound, $"there is no such database ({state})."),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedFunction
                or PostgresErrorCodes.UndefinedObject => Failure(PlatformError.NotFound, $"what it is about does not exist ({state})."),
            PostgresErrorCodes.DependentObjectsStillExist => Failure(PlatformError.Rejected, $"other objects depend on it ({state})."),
            ['2', '8', ..] => Failure(PlatformError.AccessDenied, $"the server does not let the control plane's role in ({state})."),
            ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] or ['X', 'X', ..] =>
                Failure(PlatformError.Unavailable, $"the server answered {state}."),
            _ => Failure(PlatformError.Rejected, $"the server refused it ({state})."),
        };
    }

    private static string Bounded(string message)
    {
        var plain = string.Concat(message.Select(character => char.IsControl(character) ? ' ' : character));
        return plain.Length <= MaxMessage ? plain : plain[..MaxMessage] + "…";
    }
}
