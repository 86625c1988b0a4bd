using NhiGrains.Domain.People;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.People;

/// <summary>Who is in which group, who acts for whom, who is away, and who has left; the key is <see cref="Directories.Main"/>.</summary>
[Alias("nhi.directory")]
public interface IDirectoryGrain : IGrainWithStringKey
{
    /// <summary>
    /// What is stored: never a change that may still fail. An exception when it is not known to have been so within the last seconds.
    /// </summary>
    [AlwaysInterleave] // Every decision on an approval asks.
    [Alias("current")]
    Task<PeopleDirectory> Current();

    /// <summary>The same for who has a copy: it is handed over only when it is another one by now.</summary>
    /// <param name="known">The version of the copy; null without one.</param>
    [AlwaysInterleave] // Every decision by rules that look at groups asks.
    [Alias("current-unless")]
    Task<DirectoryCopy> CurrentUnless(string? known);

    /// <summary>The same for one person; null when the person is here.</summary>
    [AlwaysInterleave] // Every registration asks.
    [Alias("departure")]
    Task<Departure?> DepartureOf(string person);

    /// <summary>
    /// Carries out a command once per idempotency key, and answers after the new state is durable (promise 7). What a departure or a
    /// return means for identities goes on by itself, until every one of them has answered.
    /// </summary>
    [AlwaysInterleave] // Changes are made one after the other in the grain itself, and nobody waits for identities.
    [Alias("execute")]
    Task<DirectoryAnswer> Execute(DirectoryEnvelope envelope);

    /// <summary>What is not through yet; empty when every identity knows of every departure and return.</summary>
    [AlwaysInterleave]
    [Alias("reviews")]
    Task<IReadOnlyList<OwnershipReview>> Reviews();

    /// <summary>Makes sure that the directory is awake and goes on with what it owes. Every silo calls it again and again.</summary>
    [AlwaysInterleave]
    [Alias("start")]
    Task Start();
}

/// <param name="Version">The digest of the content.</param>
/// <param name="People">Null when that is the version that was known.</param>
public sealed record DirectoryCopy(string Version, PeopleDirectory? People);

public static class Directories
{
    public const string Main = "main";
}
