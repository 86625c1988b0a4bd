using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>A rule of the bench: one of the engine's, and its condition in the other languages.</summary>
/// <param name="Condition">Null for three quarters of them.</param>
internal sealed record BenchRule(PolicyRule Rule, Condition? Condition)
{
    /// <summary>Of ten rules seven permit, two deny and one wants approval; a quarter of all has a condition.</summary>
    public static BenchRule[] Make(int count)
    {
        var random = new Random(4);
        var apps = Landscape.Apps(count);
        return [.. Enumerable.Range(0, count).Select(n => Make(n, apps[n / 10 % apps.Length], random))];
    }

    private static BenchRule Make(int number, string app, Random random)
    {
        var condition = number % 4 == 3 ? Condition.Of(random.Next(6), app, random.One(Landscape.Tiers)) : null;
        var rule = (number % 10) switch
        {
            3 or 6 => Deny(number, app, random),
            9 => Approval(number, app, random),
            _ => Permit(number, app, random),
        };
        return new(rule with { Match = rule.Match with { Condition = condition?.Cel } }, condition);
    }

    private static PolicyRule Permit(int number, string app, Random random) => new(
        $"{app}-permit-{number}",
        PolicyEffect.Permit,
        new(
            Kinds: random.Chance(0.7) ? random.Some(Landscape.Kinds, 3) : null,
            Environments: random.Chance(0.8) ? random.Some(Landscape.Environments, 3) : null,
            Tags: random.Chance(0.3) ? new Dictionary<string, string> { ["tier"] = random.One(Landscape.Tiers) } : null,
            Verbs: random.Chance(0.4) ? random.Some(Landscape.Verbs, 5) : null,
            Platforms: random.Chance(0.7) ? random.Some(Landscape.Platforms, 4) : null,
            ResourcePrefix: random.Chance(0.6) ? $"{app}/" : $"{app}/{random.One(Landscape.Types)}/",
            LifetimeAtMost: random.Chance(0.2) ? TimeSpan.FromHours(random.Next(2, 48)) : null),
        MaxLifetime: random.Chance(0.4) ? TimeSpan.FromMinutes(30 * random.Next(1, 17)) : null,
        // Each holds the one before, so that what is left by several is what the smallest leaves: Cedar can say that, see CedarSource.
        OnlyVerbs: random.Chance(0.15) ? random.Chance(0.5) ? [Verb.List, Verb.Read] : [Verb.List, Verb.Read, Verb.Invoke] : null,
        AllowControllerEnforcedEnd: true);

    private static PolicyRule Deny(int number, string app, Random random) => new(
        $"{app}-deny-{number}",
        PolicyEffect.Deny,
        new(
            Kinds: random.Chance(0.5) ? random.Some(Landscape.Kinds, 2) : null,
            Environments: random.Some(Landscape.Environments, 2),
            Verbs: random.Some([Verb.Write, Verb.Delete, Verb.UseCredential], 2),
            Platforms: random.Chance(0.5) ? random.Some(Landscape.Platforms, 4) : null,
            ResourcePrefix: random.Chance(0.8) ? $"{app}/{random.One(Landscape.Types)}/" : null,
            Standing: random.Chance(0.5) ? true : null)
        {
            LifetimeOver = random.Chance(0.3) ? TimeSpan.FromHours(random.Next(4, 24)) : null,
            Teams = random.Chance(0.5) ? random.Some(Landscape.Teams, 2) : null,
        });

    private static PolicyRule Approval(int number, string app, Random random) => new(
        $"{app}-approval-{number}",
        PolicyEffect.RequireApproval,
        new(Environments: ["production"], Platforms: random.Chance(0.5) ? random.Some(Landscape.Platforms, 6) : null, ResourcePrefix: $"{app}/{random.One(Landscape.Types)}/", Standing: false))
    {
        Approval = new([new(["security"], 1), new([ApprovalSeats.OwnerTeam], 1)], TimeSpan.FromHours(8)),
    };
}
