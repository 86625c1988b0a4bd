using System.Collections.Concurrent;
using NhiGrains.Domain.Grants;

namespace NhiGrains.Bench;

/// <summary>What happened in a storm, in a few lines.</summary>
internal sealed class StormStory(StormPlatform platform, Tally tally, IReadOnlyList<StormGrant> grants, TimeSpan took)
{
    public async Task TellAsync()
    {
        var ended = grants.Where(grant => grant.Gone is not null).ToArray();
        Console.WriteLine($"{platform.Name}: {grants.Count} grants, {ended.Length} of them Revoked ({Of(ended, RevocationReason.Expired)} expired, {Of(ended, RevocationReason.RevokedByRequest)} by request), {grants.Count - ended.Length} alive, in {took.TotalSeconds:0} s");
        Console.WriteLine(FormattableString.Invariant(
            $"  {platform.Calls} calls, {platform.Calls / (double)grants.Count:0.0} a grant; {tally.Applies} attempts to apply, {tally.Applies / (double)grants.Count:0.0} a grant"));
        Console.WriteLine(FormattableString.Invariant($"  {platform.Writes} writes carried out, {platform.Writes / (double)grants.Count:0.0} a grant"));
        foreach (var line in await platform.TellAsync())
            Console.WriteLine($"  {line}");
        Console.WriteLine($"  what failed of the connector: {tally.Told}");
        Console.WriteLine($"  from the request until effective:  {Percentiles.Of(grants.Select(grant => grant.Effective).OfType<TimeSpan>())}");
        Console.WriteLine($"  from the end until Revoked:        {Percentiles.Of(ended.Select(grant => grant.Gone).OfType<TimeSpan>())}");
    }

    private static int Of(IEnumerable<StormGrant> ended, RevocationReason reason) => ended.Count(grant => grant.Reason == reason);
}

/// <summary>Says on the error stream how far it is, since a storm takes minutes.</summary>
internal sealed class StormProgress(int grants, ConcurrentBag<StormGrant> ends, StormPlatform platform, Tally tally, long since) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly Timer _timer = new(
        _ => Console.Error.WriteLine($"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:0} s: {ends.Count} of {grants}, {platform.Calls} calls, {platform.Writes} writes; {tally.Told}; last: {tally.LastMessage}"),
        null, Period, Period);

    public void Dispose() => _timer.Dispose();
}
