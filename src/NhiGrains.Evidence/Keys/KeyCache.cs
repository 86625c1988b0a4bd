using Microsoft.Extensions.Logging;
using NhiGrains.Domain;

namespace NhiGrains.Evidence.Keys;

/// <summary>
/// The published keys of one issuer: kept, fetched again when they are old or one is not known, and never so often that tokens made
/// up by anybody could drive the fetching. While the issuer is down, those that were fetched last count on for a bounded time.
/// </summary>
internal sealed class KeyCache(string trust, IDisposable server, Func<CancellationToken, Task<Result<KeySet>>> fetch, KeyCacheOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>An issuer that was down for a moment is asked again sooner than one that answered.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private volatile Fetched? _last;
    private DateTimeOffset _nextAttempt = DateTimeOffset.MinValue;

    /// <param name="id">Null: any of them.</param>
    /// <returns>At least one key, or why there is none.</returns>
    public async Task<Result<IReadOnlyList<PublishedKey>>> FindAsync(string? id, CancellationToken cancellation)
    {
        if (Needs(id))
        {
            // Who knows the key need not wait for somebody else's fetch.
            if (await _one.WaitAsync(Usable(id) ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellation))
            {
                try
                {
                    if (Needs(id) && time.GetUtcNow() >= _nextAttempt)
                        await FetchAsync();
                }
                finally
                {
                    _one.Release();
                }
            }
        }

        if (_last is not { } last || Age(last) > options.StaleUntil)
            return EvidenceRefusals.Unchecked;
        IReadOnlyList<PublishedKey> found = [.. last.Set.Keys.Where(key => id is null || key.Id == id)];
        return found.Count > 0 ? Result<IReadOnlyList<PublishedKey>>.Ok(found)
            : Age(last) > options.RefreshAfter ? EvidenceRefusals.Unchecked // It may well be a new one.
            : EvidenceRefusals.UnknownKey;
    }

    public void Dispose()
    {
        _one.Dispose();
        server.Dispose();
    }

    private TimeSpan Age(Fetched fetched) => time.GetUtcNow() - fetched.At;

    private bool Usable(string? id) => _last is { } last && Age(last) <= options.StaleUntil && (id is null ? last.Set.Keys.Count > 0 : last.Set.Knows(id));

    private bool Needs(string? id) => !Usable(id) || (_last is { } last && Age(last) > options.RefreshAfter);

    // Not cancelled with the caller: others wait for it too, and it has a time limit of its own.
    private async Task FetchAsync()
    {
        var result = await fetch(CancellationToken.None);
        var now = time.GetUtcNow();
        _nextAttempt = now + (result.IsOk || options.RefetchAtMostEvery < AfterFailure ? options.RefetchAtMostEvery : AfterFailure);
        if (result.IsOk)
            _last = new(result.Value, now);
        else
            logger.LogWarning("The keys of the trust {Trust} cannot be fetched: {Why}", trust, result.Refusal?.Message);
    }

    private sealed record Fetched(KeySet Set, DateTimeOffset At);
}
