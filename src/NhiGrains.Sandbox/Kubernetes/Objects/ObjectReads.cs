using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Faults;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Objects;

/// <summary>Get and list. The pages of one list show one version of the state, which is forgotten after a while, as etcd's are.</summary>
internal sealed class ObjectReads(Replicated<ClusterState> state, TimeProvider clock, FaultDice faults)
{
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<long, (ClusterState State, DateTimeOffset At)> _remembered = new();

    public JsonObject Get(ObjectKind kind, ResourcePath path)
    {
        var item = state.Visible.Find(kind, path.Namespace, path.Name) ?? throw StatusError.NotFound(kind, path.Name);
        return Json.Parse(Encoding.UTF8.GetBytes(item.Json));
    }

    /// <exception cref="StatusError">410, when the version of the earlier pages is forgotten.</exception>
    public JsonObject List(ObjectKind kind, KubeRequest request)
    {
        var (shown, after) = Begin(request.Query["continue"].ToString());
        var selector = new Selector(kind, request.Query["fieldSelector"], request.Query["labelSelector"]);
        var isLimited = int.TryParse(request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0;
        var limit = Math.Min(isLimited ? asked : int.MaxValue, faults.Plan.PageSize ?? int.MaxValue);
        var items = new JsonArray();
        string? last = null, next = null;
        var inNamespace = request.Path.Namespace.Length == 0 ? null : request.Path.Namespace;
        foreach (var item in shown.Shelves[kind].Of(inNamespace, after).Where(selector.Takes))
        {
            if (items.Count == limit)
            {
                next = last;
                break;
            }

            items.Add(JsonNode.Parse(item.Json));
            last = item.Key;
        }

        var metadata = new JsonObject { ["resourceVersion"] = shown.Version.ToString(CultureInfo.InvariantCulture) };
        if (next is not null)
            metadata["continue"] = Remember(shown, next);
        return new() { ["kind"] = $"{kind.Name}List", ["apiVersion"] = kind.ApiVersion, ["metadata"] = metadata, ["items"] = items };
    }

    private (ClusterState State, string? After) Begin(string token)
    {
        if (token.Length == 0)
            return (state.Visible, null);
        var bytes = new byte[token.Length];
        var parts = Convert.TryFromBase64String(token, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).Split(' ', 2) : [];
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw StatusError.BadRequest("continue key is not valid");
        return _remembered.TryGetValue(version, out var remembered) && remembered.At + RememberedFor > clock.GetUtcNow()
            ? (remembered.State, parts[1])
            : throw StatusError.Expired(
                "The provided continue parameter is too old to display a consistent list result. "
                + "You must start a new list without the continue parameter.");
    }

    private string Remember(ClusterState shown, string after)
    {
        var now = clock.GetUtcNow();
        foreach (var old in _remembered.Where(one => one.Value.At + RememberedFor <= now))
            _remembered.TryRemove(old.Key, out _);
        _remembered[shown.Version] = (shown, now);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{shown.Version} {after}")));
    }
}
