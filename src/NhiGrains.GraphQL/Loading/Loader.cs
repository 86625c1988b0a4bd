using System.Collections.Concurrent;
using GraphQL.DataLoader;

namespace NhiGrains.GraphQL.Loading;

/// <summary>
/// Loads each key at most once in a request. A load starts when it is asked for and is awaited when the fields beside it have
/// asked too, so a list of N makes N calls at the same time.
/// </summary>
internal sealed class Loader<TKey, TValue>(Func<TKey, Task<TValue>> load)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _known = new();

    public Task<TValue> GetAsync(TKey key) => _known.GetOrAdd(key, key => new(() => load(key))).Value;

    public IDataLoaderResult Later(TKey key, Func<TValue, object?> then) => new Result(GetAsync(key), then);

    /// <summary>What is known now, after a change.</summary>
    public void Put(TKey key, TValue value) => _known[key] = new(Task.FromResult(value));

    public void Forget(TKey key) => _known.TryRemove(key, out _);

    private sealed class Result(Task<TValue> loading, Func<TValue, object?> then) : IDataLoaderResult
    {
        public async Task<object?> GetResultAsync(CancellationToken cancellationToken = default) => then(await loading.WaitAsync(cancellationToken));
    }
}
