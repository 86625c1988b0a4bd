namespace NhiGrains.Storage.Embedded;

/// <summary>
/// The head of an open store. Whatever it is written for, it gets the sum of the log up to its last commit along; so what was
/// acknowledged is always in both.
/// </summary>
internal sealed class StoreHead(HeadFile file, LogCover cover, GarnetInstance garnet, LedgerHead head) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>What was written last.</summary>
    public LedgerHead Now { get; private set; } = head;

    /// <summary>On the disk when it returns.</summary>
    /// <exception cref="StoreLostException">The log does not have what was committed.</exception>
    public async Task WriteAsync(Func<LedgerHead, LedgerHead> change)
    {
        await _gate.WaitAsync();
        try
        {
            var next = change(Now) with { Log = cover.Advance(garnet.Committed) };
            await file.WriteAsync(next);
            Now = next;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Membership and reminders go into the log past the committer: their bytes are covered from time to time.</summary>
    /// <exception cref="StoreLostException">The log does not have what was committed.</exception>
    public Task CoverAsync() => garnet.Committed == Now.Log.Address ? Task.CompletedTask : WriteAsync(head => head);

    public void Dispose()
    {
        cover.Dispose();
        _gate.Dispose();
    }
}
