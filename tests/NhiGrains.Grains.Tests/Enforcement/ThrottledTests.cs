using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Enforcement;

/// <summary>A platform that asks to slow down for ten minutes, while grants begin and others end.</summary>
public sealed class ThrottledTests : IAsyncLifetime
{
    private const int Each = 4;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    private TwoSilos? _silos;

    private TwoSilos Silos => _silos ?? throw new InvalidOperationException("The silos were not started.");

    public async ValueTask InitializeAsync() => _silos = await TwoSilos.StartAsync();

    public ValueTask DisposeAsync() => Silos.DisposeAsync();

    [Fact]
    public async Task Nothing_is_half_done_or_given_late_the_state_says_why_and_the_rest_goes_on()
    {
        var ending = await Task.WhenAll(Enumerable.Range(0, Each).Select(number => RegisteredAsync($"ending-{number}")));
        var coming = await Task.WhenAll(Enumerable.Range(0, Each).Select(number => RegisteredAsync($"coming-{number}")));
        var all = ending.Concat(coming).ToArray();
        var ended = await Task.WhenAll(ending.Select(one => GrantAsync(one, 3 * Minute, TwoSilos.PlatformName)));
        await UntilAsync(all, view => view.Platforms.All(report => report.Status == EnforcementStatus.Effective));
        var (calls, warnings, told) = (Silos.Way.Passed.Count, Silos.Warnings.Lines.Count, await ToldAsync(all));

        string[] given, tooShort, elsewhere;
        using (Silos.Way.Inject(new Fault.Answer(429), _ => true))
        {
            given = await Task.WhenAll(coming.Select(one => GrantAsync(one, 30 * Minute, TwoSilos.PlatformName)));
            tooShort = await Task.WhenAll(coming.Select(one => GrantAsync(one, 5 * Minute, TwoSilos.PlatformName, "orders")));
            elsewhere = await Task.WhenAll(coming.Select(one => GrantAsync(one, 8 * Minute, TwoSilos.OtherName)));
            await UntilAsync(coming, view => On(view, TwoSilos.OtherName).Status == EnforcementStatus.Effective);
            for (var passed = TimeSpan.Zero; passed < 10 * Minute; passed += Step)
            {
                Silos.Time.Advance(Step);
                await UntilAsync(all, view => On(view, TwoSilos.PlatformName).RetryAt > Silos.Time.GetUtcNow() || IsDone(view));
            }

            // Elsewhere it began and ended meanwhile.
            foreach (var (one, grant) in coming.Zip(elsewhere))
                await one.UntilGrantIs(grant, GrantStatus.Revoked);
            // Each of these ends is asked about here as well, whenever it comes.
            await UntilAsync(all, IsToldToSlowDown);
            foreach (var (one, grant) in ending.Zip(ended))
            {
                Assert.Equal([TwoSilos.PlatformName], Assert.IsType<RevokingGrant>(await one.Grant(grant)).PendingPlatforms);
                Assert.Equal([one.Key("prices")], Silos.Platform.KeysOf(one.Principal));
            }

            foreach (var one in coming)
                Assert.Empty(Silos.Platform.KeysOf(one.Principal));
        }

        var (asked, lines, entries) = (Silos.Way.Passed.Count - calls, Silos.Warnings.Lines.Count - warnings, await ToldAsync(all) - told);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{all.Length} identities, 10 minutes: {asked} calls ({(double)asked / all.Length:F1} each), {lines} warnings, {entries} audit entries.");
        // A pause of 20 to 40 seconds here, once it has grown so far, and a few short ones after each of the changes before.
        Assert.InRange(asked, all.Length * 10, all.Length * 60);
        Assert.InRange(lines, all.Length, all.Length * 4);
        Assert.InRange(entries, all.Length, all.Length * 10);

        var since = Silos.Time.GetUtcNow();
        Silos.Time.Advance(RetrySchedule.Cap);
        await UntilAsync(all, IsDone);
        Assert.InRange(Silos.Time.GetUtcNow() - since, RetrySchedule.Cap, 2 * RetrySchedule.Cap);
        foreach (var (one, grant) in ending.Zip(ended).Concat(coming.Zip(tooShort)))
            await one.UntilGrantIs(grant, GrantStatus.Revoked);
        foreach (var (one, grant) in coming.Zip(given))
        {
            await one.UntilHas(one.Key("prices"));
            Assert.Equal(GrantStatus.Active, (await one.Grant(grant)).Status);
        }
    }

    private static bool IsDone(IdentityView view) =>
        view.Platforms.All(report => report.Status is EnforcementStatus.Effective or EnforcementStatus.Revoked) && view.Identity.Grants.All(grant => grant is not RevokingGrant);

    private static bool IsToldToSlowDown(IdentityView view) => On(view, TwoSilos.PlatformName) is { Status: EnforcementStatus.Revoking } report
        && report.Message.Contains("asks to slow down", StringComparison.Ordinal);

    private static EnforcementReport On(IdentityView view, string platform) => view.Platforms.Single(report => report.Platform == platform);

    private async Task<int> ToldAsync(IEnumerable<Scenario> all)
    {
        var stories = await Task.WhenAll(all.Select(one => Story.Of(Silos, one.Principal["shop/".Length..])));
        return stories.Sum(story => story.Count);
    }

    private async Task<Scenario> RegisteredAsync(string id)
    {
        var one = new Scenario(Silos, id);
        await one.Do(new IdentityCommand.RegisterIdentity(new(
            IdentityKind.AiAgent, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal),
            [new(TwoSilos.PlatformName, one.Principal, CreateIfMissing: true), new(TwoSilos.OtherName, one.Principal, CreateIfMissing: true)])));
        return one;
    }

    private static async Task<string> GrantAsync(Scenario to, TimeSpan lifetime, string platform, string name = "prices")
    {
        var answer = await to.Request(lifetime, Scenario.May(name) with { Platform = platform });
        return answer.GrantId ?? throw new InvalidOperationException(answer.Refusal?.Message);
    }

    private static Task UntilAsync(IReadOnlyList<Scenario> all, Func<IdentityView, bool> condition)
    {
        IdentityView? last = null;
        return Eventually.TrueAsync(
            async () =>
            {
                foreach (var one in all)
                {
                    if (!condition(last = await one.View()))
                        return false;
                }

                return true;
            },
            TimeSpan.FromSeconds(60),
            () => $"{last?.Identity.Id}: {string.Join("; ", last?.Platforms ?? [])}, {string.Join(", ", last?.Identity.Grants.Select(grant => $"{grant.Id} {grant.Status}") ?? [])}",
            TestContext.Current.CancellationToken);
    }
}
