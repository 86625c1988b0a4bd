using Npgsql;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Platforms.Postgres;

/// <summary>One PostgreSQL server under control, with those of its databases that access is given in.</summary>
public sealed record PostgresPlatformOptions
{
    public const int MaxDatabases = 100;

    /// <summary>The platform's id, for example <c>pg:shop</c>. Required.</summary>
    public required string Platform { get; init; }

    /// <summary>
    /// How the control plane's own role logs in, in Npgsql's form: <c>Host=db;Port=5432;Username=nhigrains;Password=…;Database=shop</c>.
    /// Required; host, user name and database have to be in it. It may hold a password, and so it is never shown.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>The databases in which access is given and observed, 1 to 100. Required. Credentials name the first that the identity can connect to by what it was given.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>How long one request may take, from 1 s to 5 min, in whole seconds. Default: 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after its end access lasts at worst while the control plane runs; it is said with each translation.
    /// From 1 s to 1 h. Default: 60 s, which is what NhiGrains keeps when very many end at once.
    /// </summary>
    public TimeSpan ControllerLag { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long somebody who was just logging in when a credential was ended can still be about it, from 1 s to 5 min.
    /// Default: 2 s. Such a session has no access: the membership is gone before.
    /// </summary>
    public TimeSpan CredentialEndLag { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many requests are under way at once, from 1 to 100; the others wait. Default: 16. Each takes a session in its database, and
    /// sessions that nobody needs are closed after some seconds.
    /// </summary>
    public int MaxConcurrency { get; init; } = 16;

    /// <summary>A record prints its members, and one of these holds a password.</summary>
    public override string ToString() => $"{Platform} ({string.Join(", ", Databases)})";

    /// <returns>The first value that is wrong, in a sentence; null when none is.</returns>
    internal string? Problem() =>
        Names.CheckPlatformId(Platform) is { } refusal ? $"Platform: {refusal.Message} {refusal.Remedy}"
        : Connection() is not { Host.Length: > 0, Username.Length: > 0, Database.Length: > 0 }
            ? "ConnectionString cannot be used. Give for example 'Host=db;Username=nhigrains;Password=…;Database=shop'."
        : Connection()?.Host?.Contains(',', StringComparison.Ordinal) == true ? "ConnectionString names several hosts and has to name one."
        : Databases.Count is 0 or > MaxDatabases ? $"Databases has {Databases.Count} names and has to have 1 to {MaxDatabases}."
        : Databases.FirstOrDefault(name => !Objects.Identifier.IsName(name) || name.Contains('/', StringComparison.Ordinal)) is { } odd
            ? $"Databases: '{odd}' is no name of a database that can be given access in: 1 to {Objects.Identifier.MaxBytes} bytes, without '/'."
        : Databases.Distinct(StringComparer.Ordinal).Count() != Databases.Count ? "Databases names one twice."
        : MaxConcurrency is < 1 or > 100 ? $"{nameof(MaxConcurrency)} is {MaxConcurrency} and has to be from 1 to 100."
        : OptionRanges.Outside(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        ?? OptionRanges.Outside(nameof(ControllerLag), ControllerLag, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        ?? OptionRanges.Outside(nameof(CredentialEndLag), CredentialEndLag, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

    /// <summary>Null when it cannot be read. What was wrong is not said, since the reason can repeat a part of it.</summary>
    internal NpgsqlConnectionStringBuilder? Connection()
    {
        try
        {
            return new(ConnectionString);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or NotSupportedException or InvalidCastException)
        {
            return null;
        }
    }
}
