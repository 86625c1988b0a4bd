using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;

namespace NhiGrains.Platforms.Kubernetes.Watching;

/// <summary>
/// Lists and watches one kind without end: goes on where it was after a broken connection, and lists again when the server
/// has forgotten where that was.
/// </summary>
internal sealed class EndlessWatch<T>(KubernetesApi api, ApiKind<T> kind, TimeProvider time, ILogger log)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>A server that was put back from a backup refuses a version of its future for ever.</summary>
    private const int FailuresUntilListedAgain = 5;

    private int _failures;

    /// <param name="listed">Gets all objects, at first and again after each gap.</param>
    /// <param name="seen">Gets each change.</param>
    public async Task RunAsync(Func<IReadOnlyList<T>, ValueTask> listed, Func<Seen<T>, ValueTask> seen, CancellationToken cancellation)
    {
        string? version = null;
        while (true)
        {
            var since = time.GetTimestamp();
            try
            {
                if (version is null)
                {
                    var list = await api.ListAsync(kind, cancellation);
                    await listed(list.Items);
                    version = list.ResourceVersion;
                }

                await foreach (var change in WatchStream.ReadAsync(api, kind, version, cancellation))
                {
                    version = change.Item.Metadata.ResourceVersion;
                    _failures = 0;
                    if (!change.Bookmark)
                        await seen(change);
                }

                // A watch that ends at once, again and again, is a failure that has no error.
                if (time.GetElapsedTime(since) < LongestPause)
                    await PauseAsync("it ended at once", cancellation);
            }
            catch (GoneException)
            {
                version = null;
            }
            catch (PlatformException failure)
            {
                await PauseAsync(failure.Message, cancellation);
                if (_failures % FailuresUntilListedAgain == 0)
                    version = null;
            }
        }
    }

    private async Task PauseAsync(string why, CancellationToken cancellation)
    {
        if (_failures++ == 0)
            log.LogWarning("The watch of {Kind} was interrupted and is taken up again: {Why}", kind.Plural, why);
        await Task.Delay(RetrySchedule.Delay(_failures, Random.Shared.NextDouble(), FirstPause, LongestPause), time, cancellation);
    }
}
