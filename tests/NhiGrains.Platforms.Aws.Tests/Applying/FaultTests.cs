using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Aws.Tests.Applying;

/// <summary>A bad day of AWS: throttling, answers that get lost, failures, partial pages, and writes that are seen late.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Identities = 50;
    private const int Rounds = 20;

    private static readonly TimeSpan VisibleAfter = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_thousand_grants_and_revocations_converge_to_exactly_what_is_desired()
    {
        await using var sandbox = await SandboxAccount.StartAsync();
        await using var proxy = await sandbox.StartProxyAsync();
        // How a budget slows down when it is asked to has tests of its own; here it would only take time.
        var (services, connector) = sandbox.Place.Connector(
            options => options with { Endpoint = proxy.Address, Budget = options.Budget with { SlowestPart = 1 } }, new QuickTime(20));
        await using var _ = services;
        sandbox.Server.Faults.Plan = new(Throttled: 0.2, ServerError: 0.05, TimeoutAfterSuccess: 0.05, VisibleAfter: VisibleAfter, PageSize: 3);
        var attempts = 0;

        // In each round every identity gets what it has not, or loses what it has; everybody's differs.
        for (var round = 1; round <= Rounds; round++)
        {
            var made = await Task.WhenAll(Enumerable.Range(0, Identities).Select(i => UntilItSucceedsAsync(connector, Desired(i, round))));
            attempts += made.Sum();
            sandbox.Server.Clock.Advance(VisibleAfter + TimeSpan.FromSeconds(1));
        }

        // What was written on what was seen late is found by observing, as the engine does.
        foreach (var i in Enumerable.Range(0, Identities))
            attempts += await UntilItSucceedsAsync(connector, Desired(i, Rounds));
        sandbox.Server.Clock.Advance(VisibleAfter + TimeSpan.FromSeconds(1));
        var calls = proxy.Passed.Count;
        sandbox.Server.Faults.Plan = Sandbox.Faults.FaultPlan.None;

        foreach (var desired in Enumerable.Range(0, Identities).Select(i => Desired(i, Rounds)))
            Assert.Empty(Comparison.Compare(Plan(connector, desired).Objects, await connector.ObserveAsync(desired.Binding, desired.IdentityId, TestContext.Current.CancellationToken)));
        output.WriteLine($"{Identities * Rounds} grants and revocations with 20 % throttling, 5 % failures, 5 % lost answers and {VisibleAfter.TotalSeconds} s until a write is seen: {calls} calls, {calls / (double)(Identities * Rounds):F1} each; {attempts} attempts. All as desired.");
    }

    private static async Task<int> UntilItSucceedsAsync(IPlatformConnector connector, DesiredState desired)
    {
        PlatformException? last = null;
        // A role whose making had no answer is not seen for ten seconds, and a quick machine makes hundreds of attempts meanwhile.
        for (var attempt = 1; attempt <= 5_000; attempt++)
        {
            try
            {
                await connector.ApplyAsync(desired, Plan(connector, desired), ConnectorTarget.Valid(), TestContext.Current.CancellationToken);
                return attempt;
            }
            catch (PlatformException failure) when (failure.Error is PlatformError.Throttled or PlatformError.Unavailable or PlatformError.Conflict or PlatformError.NotFound)
            {
                // The engine comes back later; here at once.
                last = failure;
            }
        }

        throw new InvalidOperationException($"{desired.IdentityId} did not converge.", last);
    }

    private static DesiredState Desired(int identity, int round)
    {
        var wanted = Enumerable.Range(0, 3).Where(i => (round + identity + i) % 3 != 0).Select(i => new DesiredEntitlement(
            AwsPlace.On("s3-object", "orders-prod", ResourceMatch.Prefix, $"team-{identity}/{i}/", Verb.Read, Verb.Write), $"g{identity}-{round}-{i}", null));
        return AwsTests.Own($"role/agent-{identity}", round + 1, [.. wanted]) with { IdentityId = $"agent-{identity}" };
    }

    private static Translation Plan(IPlatformConnector connector, DesiredState desired) =>
        connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: false));
}
