using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Api;

namespace NhiGrains.Platforms.Kubernetes.Watching;

/// <param name="Deleted">It is the last state before it was deleted.</param>
internal sealed record Seen<T>(T Item, bool Deleted, bool Bookmark);

/// <summary>One watch of one kind, from a version on until the server ends it.</summary>
internal static class WatchStream
{
    /// <summary>The server is asked to end each watch after this time, so that a dead one cannot last.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <exception cref="GoneException">The version is forgotten: list again.</exception>
    /// <exception cref="PlatformException">The connection broke, or the answer could not be read.</exception>
    public static async IAsyncEnumerable<Seen<T>> ReadAsync<T>(
        KubernetesApi api, ApiKind<T> kind, string version, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var doing = $"watch {kind.Plural}";
        var path = $"{kind.Path(null)}?watch=true&allowWatchBookmarks=true&timeoutSeconds={(int)Longest.TotalSeconds}&resourceVersion={Uri.EscapeDataString(version)}";
        using var answer = await api.OpenWatchAsync(path, doing, cancellation);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(Longest + Grace);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        while (await NextAsync<T>(lines, doing, bound.Token, cancellation) is { } seen)
            yield return seen;
    }

    private static async Task<Seen<T>?> NextAsync<T>(StreamReader lines, string doing, CancellationToken bound, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var line = await lines.ReadLineAsync(bound);
            return line is null ? null : Read<T>(line, doing);
        }
        catch (Exception exception) when (ApiFailures.IsOfPlatform(exception, cancellation))
        {
            throw ApiFailures.OfException(exception, doing);
        }
    }

    private static Seen<T> Read<T>(string line, string doing)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = KubernetesJson.Deserialize<Line<object>>(line)?.Type;
        if (type == "ERROR")
        {
            var status = KubernetesJson.Deserialize<Line<V1Status>>(line)?.Object;
            throw status?.Code == 410
                ? new GoneException("The server no longer has this version of its state.")
                : ApiFailures.Unavailable(doing, $"the server ended the watch ({status?.Code}, {status?.Reason})", null);
        }

        var item = KubernetesJson.Deserialize<Line<T>>(line)?.Object;
        return item?.Metadata is { ResourceVersion.Length: > 0 } && type is "ADDED" or "MODIFIED" or "DELETED" or "BOOKMARK"
            ? new(item, type == "DELETED", type == "BOOKMARK")
            : throw ApiFailures.Unavailable(doing, "an event could not be read", null);
    }

    private sealed class Line<T>
    {
        [JsonPropertyName("type")]
        public string? Type { get; set; }

        [JsonPropertyName("object")]
        public T? Object { get; set; }
    }
}
