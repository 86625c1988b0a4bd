using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Objects;

/// <summary>
/// Watches: one line for each change after a version, until the time is over that the client asked for. Like a real server's,
/// a watch is authorized once, when it begins.
/// </summary>
internal sealed class ObjectWatches(Replicated<ClusterState> state, TimeProvider clock)
{
    /// <summary>How often is looked for changes, and how often a client that wants it is told how far the state has come.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20), BookmarkEach = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public async Task WatchAsync(ObjectKind kind, KubeRequest request, HttpContext context)
    {
        var (selector, inNamespace) = (new Selector(kind, request.Query["fieldSelector"], request.Query["labelSelector"]), request.Path.Namespace);
        var shown = state.Visible;
        var version = ReadVersion(request);
        context.Response.ContentType = "application/json";
        // The client waits for the headers, and the first change may be far away.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (version is 0)
        {
            foreach (var item in shown.Shelves[kind].Of(inNamespace.Length == 0 ? null : inNamespace).Where(selector.Takes))
                await SendAsync(context, "ADDED", item.Json);
            version = shown.Version;
        }

        var (end, bookmark) = (clock.GetTimestamp(), clock.GetTimestamp());
        var lasts = int.TryParse(request.Query["timeoutSeconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : Longest;
        var wantsBookmarks = request.Query["allowWatchBookmarks"] == "true";
        while (clock.GetElapsedTime(end) < lasts)
        {
            shown = state.Visible;
            if (version < shown.ForgottenUntil && version < shown.Version)
            {
                var expired = StatusError.Expired($"too old resource version: {version} ({shown.ForgottenUntil})");
                await SendAsync(context, "ERROR", expired.ToJson().ToJsonString());
                return;
            }

            foreach (var change in shown.Since(version))
            {
                var item = change.Object;
                if (item.Kind == kind && (inNamespace.Length == 0 || item.Namespace == inNamespace) && selector.Takes(item))
                    await SendAsync(context, change.Type, item.Json);
            }

            version = Math.Max(version, shown.Version);
            if (wantsBookmarks && clock.GetElapsedTime(bookmark) >= BookmarkEach)
            {
                bookmark = clock.GetTimestamp();
                await SendAsync(context, "BOOKMARK", Bookmark(kind, version));
            }

            await Task.Delay(Pause, clock, context.RequestAborted);
        }

        if (wantsBookmarks)
            await SendAsync(context, "BOOKMARK", Bookmark(kind, version));
    }

    private static long ReadVersion(KubeRequest request) => request.Query["resourceVersion"].ToString() is not { Length: > 0 } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw new StatusError(500, reason: null, $"invalid resource version \"{text}\"");

    private static string Bookmark(ObjectKind kind, long version) => new JsonObject
    {
        ["kind"] = kind.Name,
        ["apiVersion"] = kind.ApiVersion,
        ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
    }.ToJsonString();

    private static async Task SendAsync(HttpContext context, string type, string json)
    {
        await context.Response.WriteAsync($$"""{"type":"{{type}}","object":{{json}}}""" + "\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
