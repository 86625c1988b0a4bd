using System.Collections.Frozen;
using NhiGrains.Domain;

namespace NhiGrains.Platforms;

/// <summary>The platforms of this process, by name.</summary>
/// <exception cref="ArgumentException">Two connectors have the same name.</exception>
public sealed class PlatformRegistry(IEnumerable<IPlatformConnector> connectors)
{
    private readonly FrozenDictionary<string, IPlatformConnector> _byName = ByName(connectors);

    public IEnumerable<IPlatformConnector> All => _byName.Values.OrderBy(connector => connector.Name, StringComparer.Ordinal);

    public Result<IPlatformConnector> Find(string name) =>
        _byName.TryGetValue(name, out var connector)
            ? Ok(connector)
            : new Refusal("UNKNOWN_PLATFORM", $"There is no platform '{name}'.",
                _byName.Count == 0 ? "Configure a platform first." : $"Use one of: {string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal))}.", "platform");

    // An interface has no implicit conversion, so the value needs its generic name.
    private static Result<IPlatformConnector> Ok(IPlatformConnector connector) => Result<IPlatformConnector>.Ok(connector);

    private static FrozenDictionary<string, IPlatformConnector> ByName(IEnumerable<IPlatformConnector> connectors)
    {
        var all = connectors.ToArray();
        var twice = all.GroupBy(connector => connector.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? all.ToFrozenDictionary(connector => connector.Name, StringComparer.Ordinal)
            : throw new ArgumentException($"Two connectors have the name '{twice.Key}'.", nameof(connectors));
    }
}
