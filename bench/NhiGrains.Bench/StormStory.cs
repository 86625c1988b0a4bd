using System.Collections.Concurrent;
using NhiGrains.Domain.Grants;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Bench;

/// <summary>What happened in a storm, in a few lines.</summary>
internal sealed class StormStory(StormPlatform platform, Tally tally, IReadOnlyList<StormGrant> grants, TimeSpan took)
{
    public void Tell()
    {
        var calls = Calls(platform);
        var ended = grants.Where(grant => grant.Gone is not null).ToArray();
        Console.WriteLine($"{platform.Name}: {grants.Count} grants, {ended.Length} of them Revoked ({Of(ended, RevocationReason.Expired)} expired, {Of(ended, RevocationReason.RevokedByRequest)} by request), {grants.Count - ended.Length} alive, in {took.TotalSeconds:0} s");
        Console.WriteLine(FormattableString.Invariant(
            $"  {calls} calls, {calls / (double)grants.Count:0.0} a grant; {tally.Applies} attempts to apply, {tally.Applies / (double)grants.Count:0.0} a grant"));
        Console.WriteLine(FormattableString.Invariant(
            $"  {platform.Writes.Done} writes carried out, {platform.Writes.Done / (double)grants.Count:0.0} a grant; {platform.Writes.Refused} refused by the platform itself"));
        Console.WriteLine($"  calls throttled {Rolled(SandboxFault.Throttled)}, failed {Rolled(SandboxFault.ServerError) + Rolled(SandboxFault.Html)}, carried out and not answered {Rolled(SandboxFault.TimeoutAfterSuccess)}");
        Console.WriteLine($"  what failed of the connector: {tally.Told}");
        Console.WriteLine($"  from the request until effective:  {Percentiles.Of(grants.Select(grant => grant.Effective).OfType<TimeSpan>())}");
        Console.WriteLine($"  from the end until Revoked:        {Percentiles.Of(ended.Select(grant => grant.Gone).OfType<TimeSpan>())}");
    }

    public static long Calls(StormPlatform platform) => Enum.GetValues<SandboxFault>().Sum(platform.Server.Faults.Rolled);

    private long Rolled(SandboxFault fault) => platform.Server.Faults.Rolled(fault);

    private static int Of(IEnumerable<StormGrant> ended, RevocationReason reason) => ended.Count(grant => grant.Reason == reason);
}

/// <summary>Says on the error stream how far it is, since a storm takes minutes.</summary>
internal sealed class StormProgress(int grants, ConcurrentBag<StormGrant> ends, StormPlatform platform, Tally tally, long since) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly Timer _timer = new(
        _ => Console.Error.WriteLine($"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:0} s: {ends.Count} of {grants}, {StormStory.Calls(platform)} calls, {platform.Writes.Done} writes; {tally.Told}; last: {tally.LastMessage}"),
        null, Period, Period);

    public void Dispose() => _timer.Dispose();
}
