using Microsoft.Extensions.Logging;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// Keeps the fence of an attempt that takes long valid. Reading a large or a slow platform alone can take longer than a fence is
/// valid, and then no attempt would ever come to write; so what the attempt began with is asked again, and confirmed by the store
/// each time. Of a process that was away the fence is stale before that is asked, and stays it.
/// </summary>
/// <param name="isStillWanted">Whether the desired state is the one that the attempt brings about; asks the store.</param>
internal sealed class FenceKeeper(Fence fence, Func<Task<bool>> isStillWanted, TimeProvider time, ILogger logger)
{
    /// <summary>Well below <see cref="Fence.DefaultValidity"/>, so that one answer may come late.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    /// <summary>An attempt is not kept alive for ever: who has come no further by then begins anew.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public async Task<T> During<T>(Func<Task<T>> attempt)
    {
        using var ended = new CancellationTokenSource();
        var keeping = Keep(ended.Token);
        try
        {
            return await attempt();
        }
        finally
        {
            await ended.CancelAsync();
            await keeping;
        }
    }

    private async Task Keep(CancellationToken ended)
    {
        try
        {
            for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < Longest;)
            {
                // Nearly all attempts end before it does, and an exception for each would cost more than the rest of this.
                await Task.Delay(Period, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                if (ended.IsCancellationRequested)
                    return;
                var asked = time.GetTimestamp();
                if (!await isStillWanted())
                    return;
                fence.Renew(asked);
            }
        }
        catch (Exception failure)
        {
            // Who cannot be sure does not renew; the fence becomes stale by itself, and the attempt says so.
            logger.LogWarning(failure, "A fence could not be renewed");
        }
    }
}
