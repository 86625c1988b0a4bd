using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>
/// Different requests: half of them what some rule is about, with now and then something more than it permits, and half of them
/// anything. One entitlement on one resource each, because that is what a request to Cedar is.
/// </summary>
internal static class BenchInputs
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public static DecisionInput[] Make(BenchRule[] rules, int count)
    {
        var random = new Random(5);
        var apps = Landscape.Apps(rules.Length);
        return [.. Enumerable.Range(0, count).Select(n => Make(n, random.Chance(0.5) ? rules[random.Next(rules.Length)].Rule.Match : new PolicyMatch(), apps, random))];
    }

    private static DecisionInput Make(int number, PolicyMatch about, string[] apps, Random random)
    {
        var tier = about.Tags?["tier"] ?? random.One(Landscape.Tiers);
        var app = about.ResourcePrefix?.Split('/')[0] ?? random.One(apps);
        var type = about.ResourcePrefix?.Split('/') is [_, { Length: > 0 } named, ..] ? named : random.One(Landscape.Types);
        var verbs = (about.Verbs ?? random.Some([Verb.List, Verb.Read, Verb.Invoke, Verb.Write], 3)).Concat(random.Chance(0.1) ? [Verb.Delete] : []).Distinct().Order();
        var person = random.One(Landscape.People);
        return new(
            $"identity-{number}",
            about.Kinds?[0] ?? random.One(Landscape.Kinds),
            about.Environments?[^1] ?? random.One(Landscape.Environments),
            new Dictionary<string, string> { ["app"] = app, ["tier"] = tier, ["cost-centre"] = $"{random.Next(100, 999)}" },
            [
                new(
                    about.Platforms?[0] ?? random.One(Landscape.Platforms), [.. verbs],
                    [new(type, app, ResourceMatch.Exact, $"{random.One(["orders", "invoices", "sessions", "signing"])}{(random.Chance(0.1) ? "-secret" : "-data")}")],
                    Conditions.None),
            ],
            about.Standing == true || random.Chance(0.1) ? null : TimeSpan.FromMinutes(15 * random.Next(1, 40)))
        {
            At = Monday.AddMinutes(number % 10_000),
            Owner = new(random.One(Landscape.People), about.Teams?[0] ?? random.One(Landscape.Teams)),
            Requester = person,
            RequesterGroups = random.Chance(0.3) ? ["on-call"] : [],
            Ticket = random.Chance(0.6) ? $"CHG-{number}" : null,
        };
    }
}
