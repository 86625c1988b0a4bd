using Microsoft.Extensions.Logging;
using NhiGrains.Domain;

namespace NhiGrains.Evidence.Keys;

/// <summary>
/// The published keys of one issuer: kept, fetched again when they are old or one is not known, and never so often that tokens made
/// up by anybody could drive the fetching. While the issuer is down, those that were fetched last count on for a bounded time.
/// </summary>
internal sealed class KeyCache(string trust, IDisposable server, Func<CancellationToken, Task<Result<KeySet>>> fetch, KeyCacheOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>An issuer that was down for a moment is asked again sooner than one that answered; after twice as long each time that it is down still.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>By then it is longer than the longest pause that can be configured.</summary>
    private const int MostDoubled = 12;

    private readonly SemaphoreSlim _one = new(1);
    private int _failures;
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
        IReadOnlyList<PublishedKey> found = id is null ? last.Set.Keys : [.. last.Set.Keys.Where(key => key.Id == id)];
        return found.Count > 0 ? Result<IReadOnlyList<PublishedKey>>.Ok(found)
            : Age(last) > options.RefreshAfter ? EvidenceRefusals.Unchecked // It may well be a new one.
            : EvidenceRefusals.UnknownKey;
    }

    /// <summary>
    /// Has the keys fetched once more, as for a key that is not known, for a token that does not name its own and was signed by none of these.
    /// </summary>
    /// <param name="tried">What <see cref="FindAsync"/> gave for no id.</param>
    /// <returns>Whether there are other keys now.</returns>
    public async Task<bool> RefetchAsync(IReadOnlyList<PublishedKey> tried, CancellationToken cancellation)
    {
        if (IsCurrent(tried) && time.GetUtcNow() >= _nextAttempt)
        {
            await _one.WaitAsync(cancellation);
            try
            {
                if (IsCurrent(tried) && time.GetUtcNow() >= _nextAttempt)
                    await FetchAsync();
            }
            finally
            {
                _one.Release();
            }
        }

        return !IsCurrent(tried);
    }

    public void Dispose()
    {
        _one.Dispose();
        server.Dispose();
    }

    private bool IsCurrent(IReadOnlyList<PublishedKey> keys) => ReferenceEquals(_last?.Set.Keys, keys);

    private TimeSpan Age(Fetched fetched) => time.GetUtcNow() - fetched.At;

    private bool Usable(string? id) => _last is { } last && Age(last) <= options.StaleUntil && (id is null ? last.Set.Keys.Count > 0 : last.Set.Knows(id));

    private bool Needs(string? id) => !Usable(id) || (_last is { } last && Age(last) > options.RefreshAfter);

    // Not cancelled with the caller: others wait for it too, and it has a time limit of its own.
    private async Task FetchAsync()
    {
        var result = await fetch(CancellationToken.None);
        var now = time.GetUtcNow();
        _failures = result.IsOk ? 0 : Math.Min(_failures + 1, MostDoubled);
        _nextAttempt = now + (result.IsOk ? options.RefetchAtMostEvery : Shorter(AfterFailure * Math.Pow(2, _failures - 1), options.RefetchAtMostEvery));
        if (result.IsOk)
            _last = new(result.Value, now);
        else
            logger.LogWarning("The keys of the trust {Trust} cannot be fetched: {Why}", trust, result.Refusal?.Message);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed record Fetched(KeySet Set, DateTimeOffset At);
}
