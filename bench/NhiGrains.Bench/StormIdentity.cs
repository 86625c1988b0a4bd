using System.Collections.Concurrent;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Bench;

/// <summary>One grant of the storm.</summary>
/// <param name="Effective">How long it took from the request until the platform was seen with it; null when it ended before.</param>
/// <param name="Gone">How long it took from its end until it was Revoked; null when it lives.</param>
internal sealed record StormGrant(string Identity, string Id, string Resource, RevocationReason? Reason, TimeSpan? Effective, TimeSpan? Gone)
{
    public static Entitlement Reading(string platform, string type, string container, params string[] names) =>
        new(platform, [Verb.Read], [.. names.Select(name => new ResourceSelector(type, container, ResourceMatch.Exact, name))], Conditions.None);
}

/// <summary>
/// One identity and its grants, a few of which overlap at all times. Each is waited for until the platform has it; then it is
/// revoked, or left to expire, and waited for until it is Revoked. One of them lives on.
/// </summary>
internal sealed class StormIdentity(StormPlatform platform, IGrainFactory grains, string id, ConcurrentBag<StormGrant> ends)
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LivesOn = TimeSpan.FromHours(6);

    private IIdentityGrain Identity => grains.GetGrain<IIdentityGrain>(id);

    /// <exception cref="TimeoutException">Something did not come to its end; the message says what is known of it.</exception>
    public async Task RunAsync(int[] numbers)
    {
        await Do("register", new IdentityCommand.RegisterIdentity(new(
            IdentityKind.ServiceAccount, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal),
            [new(platform.Name, platform.PrincipalOf(id), CreateIfMissing: true)])));
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async lane =>
        {
            foreach (var number in numbers.Where((_, at) => at % AtOnce == lane))
                await GrantAsync(number, byRequest: (number / numbers.Length + lane) % 2 == 0, lives: numbers.Length > 1 && number == numbers[^1]);
        }));
    }

    private async Task GrantAsync(int number, bool byRequest, bool lives)
    {
        var resource = $"g{number}";
        var lifetime = lives || byRequest ? LivesOn : TimeSpan.FromSeconds(45 + number % 45);
        var begun = TimeProvider.System.GetTimestamp();
        var grant = (await Do($"grant-{number}", new IdentityCommand.RequestAccess([platform.Entitlement(resource)], lifetime, "a storm"))).GrantId
            ?? throw new InvalidOperationException($"{id} was given no grant.");
        TimeSpan? effective = await UntilAsync(grant, (view, now) => now is not ActiveGrant || IsEffective(view)) is ActiveGrant ? TimeProvider.System.GetElapsedTime(begun) : null;
        if (lives)
        {
            ends.Add(new(id, grant, resource, null, effective, null));
            return;
        }

        if (byRequest)
            await Do($"revoke-{number}", new IdentityCommand.RevokeGrant(grant, "a storm"));
        var revoked = (RevokedGrant)await UntilAsync(grant, (_, now) => now is RevokedGrant);
        ends.Add(new(id, grant, resource, revoked.Reason, effective, revoked.RevokedAt - revoked.RevokingSince));
    }

    private static bool IsEffective(IdentityView view) =>
        view.Platforms is [{ Settled: true, Status: EnforcementStatus.Effective } report] && report.Generation == view.Identity.Generation;

    private async Task<Grant> UntilAsync(string grant, Func<IdentityView, Grant, bool> condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = await Identity.Get() ?? throw new InvalidOperationException($"{id} is gone.");
            var now = view.Identity.Grants.Single(one => one.Id == grant);
            if (condition(view, now))
                return now;
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
                throw new TimeoutException($"{id}: {grant} is {now.Status} after {Patience}: {string.Join("; ", view.Platforms)}");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<CommandAnswer> Do(string key, IdentityCommand command)
    {
        var answer = await Identity.Execute(new($"{id}-{key}", "bench", command));
        return answer.Refusal is { } refusal ? throw new InvalidOperationException(refusal.ToString()) : answer;
    }
}
