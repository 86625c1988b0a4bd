using NhiGrains.Grains.Platforms;
using NhiGrains.Host.Policies;

namespace NhiGrains.Host.Settings;

/// <summary>How often platforms are swept: <c>sweepEvery</c> for all, and <c>sweeps</c> by the platform's id.</summary>
internal static class SweepSettings
{
    public static SweepPeriods Read(IConfiguration from)
    {
        var defaults = new SweepPeriods();
        // The configuration takes the colon of 'k8s:staging' for a level.
        var named = from.GetSection(SettingKeys.Sweeps).GetChildren()
            .SelectMany(kind => kind.GetChildren().Select(name => (Platform: $"{kind.Key}:{name.Key}".ToLowerInvariant(), name.Value)));
        return new()
        {
            Usual = from[SettingKeys.SweepEvery] is { Length: > 0 } usual ? Period(SettingKeys.SweepEvery, usual) : defaults.Usual,
            ByPlatform = named.ToDictionary(one => one.Platform, one => Period($"{SettingKeys.Sweeps}:{one.Platform}", one.Value), StringComparer.Ordinal),
        };
    }

    private static TimeSpan Period(string key, string? text) =>
        Lifetimes.Parse(text ?? "") is { IsOk: true } parsed && parsed.Value >= SweepPeriods.Shortest && parsed.Value <= SweepPeriods.Longest
            ? parsed.Value
            : throw new SetupException($"'{key}' is a time from 10s to 7d, such as 5m, not '{text}'.");
}
