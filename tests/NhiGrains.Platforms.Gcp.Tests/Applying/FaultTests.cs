using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>
/// A project that throttles, fails, drops answers, cuts pages and tells late: whoever applies until it is seen to be so gets to exactly
/// the desired state.
/// </summary>
public class FaultTests(ITestOutputHelper output) : GcpTests
{
    private const int Identities = 4;

    [Fact]
    public async Task Grants_and_revocations_converge_to_exactly_the_desired_state()
    {
        foreach (var number in Enumerable.Range(1, Identities))
            await Target.Hands.CreateAccountAsync($"worker-{number}");
        var (services, connector) = GcpTarget.ConnectorFor(Target.Options(Target.Proxy.Address));
        await using var end = services;
        // What was made before is seen from the start.
        Target.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Target.Server.Faults.Plan = new FaultPlan(Throttled: 0.2, ServerError: 0.05, TimeoutAfterSuccess: 0.05, VisibleAfter: TimeSpan.FromMilliseconds(500), PageSize: 5);

        await Task.WhenAll(Enumerable.Range(1, Identities).Select(number => ConvergeAsync(connector, Desired(number, 2, wanted: true))));
        await Task.WhenAll(Enumerable.Range(1, Identities).Select(number => ConvergeAsync(connector, Desired(number, 3, wanted: number % 2 == 0))));

        Target.Server.Faults.Plan = FaultPlan.None;
        output.WriteLine($"{Target.Proxy.Passed.Count} calls for {2 * Identities} changes, {Target.Proxy.Passed.Count / (2.0 * Identities):0.0} each");
        var titles = (await Target.Hands.PolicyAsync($"storage/v1/b/{GcpTarget.Bucket}"))["bindings"]?.AsArray().Select(binding => binding?["condition"]?["title"]?.GetValue<string>()).OfType<string>().ToArray() ?? [];
        Assert.Equal(Enumerable.Range(1, Identities).Where(number => number % 2 == 0).Select(number => $"worker-{number}").Order(StringComparer.Ordinal), titles.Select(title => title.Split(':')[1]).Order(StringComparer.Ordinal));
    }

    /// <summary>As the engine does: apply, read back, compare, again.</summary>
    private static async Task ConvergeAsync(IPlatformConnector connector, DesiredState desired)
    {
        var plan = connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: false));
        await TestKit.Waiting.Eventually.TrueAsync(async () =>
        {
            try
            {
                await connector.ApplyAsync(desired, plan, ConnectorTarget.Valid(), Cancellation);
                return Comparison.Compare(plan.Objects, await connector.ObserveAsync(desired.Binding, desired.IdentityId, Cancellation)).Count == 0;
            }
            catch (PlatformException failure) when (failure.Error is PlatformError.Unavailable or PlatformError.Throttled or PlatformError.Conflict or PlatformError.Fenced)
            {
                return false;
            }
        }, TimeSpan.FromMinutes(3), () => $"{desired.IdentityId} did not converge.", Cancellation);
    }

    private static DesiredState Desired(int number, long generation, bool wanted) => new(
        $"worker-{number}", GcpTarget.PlatformId, new Binding(GcpTarget.PlatformId, GcpTarget.EmailOf($"worker-{number}")), generation, PrincipalWanted: true,
        wanted ? [new(new(GcpTarget.PlatformId, [Verb.Read], [new("storage-object", GcpTarget.Bucket, ResourceMatch.Exact, $"object-{number}")], Conditions.None), "g1", DateTimeOffset.UnixEpoch.AddYears(100))] : [], []);
}
