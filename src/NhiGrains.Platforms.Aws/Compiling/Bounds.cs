using System.Globalization;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Aws.Compiling;

using Condition = (string Operator, string Key, IReadOnlyList<string> Values);

/// <summary>When, from where and to what an entitlement holds, in AWS's condition keys. All are native.</summary>
internal static class Bounds
{
    public static IReadOnlyList<Condition> Of(DesiredEntitlement wanted)
    {
        var conditions = new List<Condition>();
        var asked = wanted.Entitlement.Conditions;
        if (EndOf(wanted) is { } end)
            conditions.Add(("DateLessThan", "aws:CurrentTime", [Text(end)]));
        if (asked.NotBefore is { } begin)
            conditions.Add(("DateGreaterThanEquals", "aws:CurrentTime", [Text(RoundedUp(begin))]));
        if (asked.SourceCidrs is { Count: > 0 } cidrs)
            conditions.Add(("IpAddress", "aws:SourceIp", cidrs));
        foreach (var (key, value) in asked.ResourceTagEquals ?? new Dictionary<string, string>(StringComparer.Ordinal))
            conditions.Add(("StringEquals", $"aws:ResourceTag/{key}", [value]));
        return conditions;
    }

    public static DateTimeOffset? EndOf(DesiredEntitlement wanted) => Instants.Earlier(wanted.EndsAt, wanted.Entitlement.Conditions.NotAfter);

    /// <summary>Whole seconds, and the earlier one: an end never moves to later.</summary>
    public static string Text(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset RoundedUp(DateTimeOffset at) =>
        at.Ticks % TimeSpan.TicksPerSecond == 0 ? at : at.AddTicks(TimeSpan.TicksPerSecond - (at.Ticks % TimeSpan.TicksPerSecond));
}
