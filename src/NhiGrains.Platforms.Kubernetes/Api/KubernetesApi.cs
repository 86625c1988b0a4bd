using k8s;
using k8s.Models;
using NhiGrains.Platforms.Reading;

namespace NhiGrains.Platforms.Kubernetes.Api;

/// <summary>The calls of the API server that this connector makes, and no others.</summary>
internal sealed class KubernetesApi(ApiTransport transport, TimeProvider time) : IDisposable
{
    private const int PageSize = 500;
    private const int MaxRestarts = 3;

    /// <summary>Every object of a kind, in pages that together show one version of the state. Whole, or an exception.</summary>
    /// <param name="fields">A selector of fields, for example <c>type=Opaque</c>; null for none.</param>
    public async Task<Listed<T>> ListAsync<T>(ApiKind<T> kind, CancellationToken cancellation, string? inNamespace = null, string? fields = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ListOnceAsync(kind, inNamespace, fields, cancellation);
            }
            catch (GoneException) when (attempt < MaxRestarts)
            {
                // The rest of the pages is gone (410): only a new list from its start is whole.
            }
            catch (GoneException gone)
            {
                throw ApiFailures.Unavailable($"list {kind.Plural}", "the pages were gone again and again", gone);
            }
        }
    }

    /// <returns>Null when there is no such object.</returns>
    public async Task<T?> FindAsync<T>(ApiKind<T> kind, string? inNamespace, string name, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var doing = $"read {kind.Kind} {(inNamespace is null ? "" : inNamespace + "/")}{name}";
        try
        {
            return Whole(
                await ReadRetries.SendAsync(() => CallAsync<T>(HttpMethod.Get, kind.Path(inNamespace, name), null, doing, cancellation), time, cancellation), kind, doing);
        }
        catch (PlatformException absent) when (absent.Error == PlatformError.NotFound)
        {
            return null;
        }
    }

    public async Task<T> CreateAsync<T>(ApiKind<T> kind, T item, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var doing = $"create {kind.Named(item.Metadata)}";
        return Whole(await CallAsync<T>(HttpMethod.Post, kind.Path(item.Metadata.NamespaceProperty), Typed(kind, item), doing, cancellation), kind, doing);
    }

    /// <summary>Replaces exactly the version that was read: the object carries its resourceVersion and UID.</summary>
    public Task ReplaceAsync<T>(ApiKind<T> kind, T item, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(HttpMethod.Put, kind.Path(item.Metadata.NamespaceProperty, item.Metadata.Name), Typed(kind, item), $"update {kind.Named(item.Metadata)}", cancellation);

    /// <summary>Deletes exactly the version that was read. Succeeds when it is absent.</summary>
    public async Task DeleteAsync<T>(ApiKind<T> kind, T item, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var options = new V1DeleteOptions
        {
            Preconditions = new() { Uid = item.Metadata.Uid, ResourceVersion = item.Metadata.ResourceVersion },
        };
        try
        {
            await CallAsync<object>(HttpMethod.Delete, kind.Path(item.Metadata.NamespaceProperty, item.Metadata.Name), options, $"delete {kind.Named(item.Metadata)}", cancellation);
        }
        catch (PlatformException absent) when (absent.Error == PlatformError.NotFound)
        {
            // Somebody was faster, or our own earlier attempt went through: it is as it should be.
        }
    }

    public Task<T> PostAsync<T>(string path, T body, string doing, CancellationToken cancellation)
        where T : class => CallAsync<T>(HttpMethod.Post, path, body, doing, cancellation);

    /// <summary>Posts a question, which changes nothing.</summary>
    public Task<T> AskAsync<T>(string path, T question, string doing, CancellationToken cancellation)
        where T : class => ReadRetries.SendAsync(() => CallAsync<T>(HttpMethod.Post, path, question, doing, cancellation), time, cancellation);

    /// <summary>The lines of a watch, until the server ends it. See <see cref="Watching.WatchStream"/>.</summary>
    public Task<HttpResponseMessage> OpenWatchAsync(string path, string doing, CancellationToken cancellation) =>
        transport.OpenAsync(path, doing, cancellation);

    public long Calls => transport.Calls;

    public void Dispose() => transport.Dispose();

    private async Task<Listed<T>> ListOnceAsync<T>(ApiKind<T> kind, string? inNamespace, string? fields, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var (items, doing) = (new List<T>(), $"list {kind.Plural}");
        var pages = 0;
        for (string? from = null; ;)
        {
            var query = $"?limit={PageSize}"
                + (fields is null ? "" : $"&fieldSelector={Uri.EscapeDataString(fields)}")
                + (from is null ? "" : $"&continue={Uri.EscapeDataString(from)}");
            var page = await ReadRetries.SendAsync(
                () => transport.SendAsync<ApiList<T>>(HttpMethod.Get, kind.Path(inNamespace) + query, null, doing, cancellation), time, cancellation);
            // An empty answer that is not a list must not look like 'nothing is there' (promise 8).
            if (page is not { Items: { } found, Metadata: { ResourceVersion: { Length: > 0 } version } metadata } || page.Kind != kind.Kind + "List")
                throw ApiFailures.Unavailable(doing, "the answer is not a whole list", null);
            items.AddRange(found.Select(item => Whole(item, kind, doing)));
            pages++;
            if (string.IsNullOrEmpty(metadata.ContinueProperty))
                return new(items, version, pages);
            if (metadata.ContinueProperty == from)
                throw ApiFailures.Unavailable(doing, "the pages do not come to an end", null);
            from = metadata.ContinueProperty;
        }
    }

    /// <summary>A call for which 410 means nothing but that the server cannot be understood.</summary>
    private async Task<T> CallAsync<T>(HttpMethod method, string path, object? body, string doing, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await transport.SendAsync<T>(method, path, body, doing, cancellation);
        }
        catch (GoneException gone)
        {
            throw ApiFailures.Unavailable(doing, "the API server answered 410", gone);
        }
    }

    private static T Typed<T>(ApiKind<T> kind, T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        (item.ApiVersion, item.Kind) = (kind.ApiVersion, kind.Kind);
        return item;
    }

    private static T Whole<T>(T item, ApiKind<T> kind, string doing)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        item?.Metadata is { Name.Length: > 0, Uid.Length: > 0, ResourceVersion.Length: > 0 }
            ? item
            : throw ApiFailures.Unavailable(doing, $"a {kind.Kind} in the answer is not whole", null);
}
