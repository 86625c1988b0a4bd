using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>
/// One writer at a time for a principal in this process, since AWS knows no preconditions. A fixed number of locks, which
/// principals share by chance: they wait for each other a little longer, and nothing grows.
/// </summary>
internal sealed class PrincipalLocks : IDisposable
{
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    public async Task<T> AloneAsync<T>(PrincipalName name, Func<Task<T>> work, CancellationToken cancellation)
    {
        var mine = _locks[(uint)name.GetHashCode() % _locks.Length];
        await mine.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            mine.Release();
        }
    }

    public void Dispose()
    {
        foreach (var one in _locks)
            one.Dispose();
    }
}
