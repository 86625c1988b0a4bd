using System.Runtime.CompilerServices;
using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Logging;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Watching;

/// <summary>
/// Five watches (accounts, roles and bindings of both scopes) into one stream of changed principals. Its first change is Everything, when
/// all are listed: from there on no change is missed.
/// </summary>
internal sealed class PlatformWatch(KubernetesApi api, TimeProvider time, ILogger log)
{
    /// <summary>When the reader is slow the watches wait, and the server keeps the rest.</summary>
    private const int Ahead = 1_000;

    private const int Kinds = 5;

    private readonly Channel<Func<IEnumerable<PlatformChange>>> _events = Channel.CreateBounded<Func<IEnumerable<PlatformChange>>>(Ahead);
    private readonly BindingIndex _index = new();
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);

    public async IAsyncEnumerable<PlatformChange> ChangesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] watches =
        [
            RunAsync(ApiKinds.RoleBinding, list => _index.Replace("RoleBinding", list.Select(SnapshotReader.Item)), b => _index.Changed(SnapshotReader.Item(b.Item), b.Deleted), ending.Token),
            RunAsync(ApiKinds.ClusterRoleBinding, list => _index.Replace("ClusterRoleBinding", list.Select(SnapshotReader.Item)), b => _index.Changed(SnapshotReader.Item(b.Item), b.Deleted), ending.Token),
            RunAsync(ApiKinds.Role, _ => { }, role => _index.Changed(SnapshotReader.Item(role.Item)), ending.Token),
            RunAsync(ApiKinds.ClusterRole, _ => { }, role => _index.Changed(SnapshotReader.Item(role.Item)), ending.Token),
            RunAsync(ApiKinds.ServiceAccount, _ => { }, account => [Changed(account.Item)], ending.Token),
        ];
        try
        {
            // Everything that touches the index runs here, one event after the other.
            await foreach (var happened in _events.Reader.ReadAllAsync(cancellation))
            {
                foreach (var change in happened())
                {
                    // One watch may see changes before another has its list; Everything is still to come then.
                    if (_listed.Count == Kinds)
                        yield return change;
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync<T>(
        ApiKind<T> kind, Action<IReadOnlyList<T>> listed, Func<Seen<T>, IEnumerable<PlatformChange>> seen, CancellationToken cancellation)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            await new EndlessWatch<T>(api, kind, time, log).RunAsync(
                list => _events.Writer.WriteAsync(() => Listed(kind.Kind, () => listed(list)), cancellation),
                change => _events.Writer.WriteAsync(() => seen(change), cancellation),
                cancellation);
        }
        catch (Exception exception)
        {
            // A fault of ours ends the stream for its reader as well; it must not go on with four watches of five.
            _events.Writer.TryComplete(exception);
            throw;
        }
    }

    private IEnumerable<PlatformChange> Listed(string kind, Action take)
    {
        take();
        _listed.Add(kind);
        return [PlatformChange.Everything];
    }

    private static PlatformChange Changed(V1ServiceAccount account) =>
        new(new ServiceAccountName(account.Metadata.NamespaceProperty, account.Metadata.Name).ToString());
}
