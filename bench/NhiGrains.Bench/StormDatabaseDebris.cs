using Microsoft.Extensions.Time.Testing;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Bench;

/// <summary>
/// Sets without members, which attempts that were cut off have left. A connector drops them when it takes something away and has known
/// them for five minutes; here that is one whose clock is moved, and an identity that is given something and has it taken away.
/// </summary>
internal sealed class StormDatabaseDebris(StormDatabase platform, StormDatabaseStored stored)
{
    public const string Table = "swept";

    private const string Sweeper = "sweeper";

    public async Task CleanAsync()
    {
        var clock = new FakeTimeProvider();
        var connector = platform.Connect(clock);
        var left = await stored.DebrisAsync();
        Console.WriteLine($"  sets without members that cut-off attempts have left: {left.Count}");
        for (var round = 0; round < 2 || (left.Count > 0 && round < 20); round++)
        {
            foreach (var given in (bool[])[true, false])
            {
                var desired = new DesiredState(Sweeper, platform.Name, new Binding(platform.Name, Sweeper, CreateIfMissing: true), 2 + (2 * round) + (given ? 0 : 1), PrincipalWanted: true,
                    given ? [new(StormGrant.Reading(platform.Name, "table", $"{StormDatabase.Databases[0]}/{StormDatabase.Schema}", Table), "intent", null)] : [], []);
                var plan = connector.Compile(new(Sweeper, desired.Binding, desired.Entitlements, ControllerEndAllowed: true));
                await connector.ApplyAsync(desired, plan, new Fence(clock, TimeSpan.FromMinutes(1)), CancellationToken.None);
            }

            clock.Advance(TimeSpan.FromMinutes(6));
            left = await stored.DebrisAsync();
        }

        Console.WriteLine($"  after five minutes and the next revocation: {left.Count}");
    }
}
