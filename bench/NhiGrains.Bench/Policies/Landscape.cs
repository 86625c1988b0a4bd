using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Bench.Policies;

/// <summary>The company that rules and requests are about. The same every time.</summary>
internal static class Landscape
{
    public static readonly string[] Environments = ["production", "staging", "test", "development"];

    public static readonly string[] Platforms =
        ["aws:prod", "aws:staging", "aws:data", "gcp:prod", "gcp:staging", "gcp:ml", "k8s:prod", "k8s:staging", "k8s:edge", "pg:orders", "pg:billing", "pg:reports"];

    public static readonly string[] Types = ["buckets", "tables", "queues", "configmaps", "secrets", "functions"];

    public static readonly string[] Tiers = ["gold", "silver", "bronze"];

    public static readonly string[] Teams = ["payments", "search", "platform", "data", "mobile", "contractors"];

    public static readonly string[] People = [.. Enumerable.Range(0, 40).Select(n => $"person-{n}@example.com")];

    public static readonly IdentityKind[] Kinds = Enum.GetValues<IdentityKind>();

    public static readonly Verb[] Verbs = Enum.GetValues<Verb>();

    /// <summary>Who owns containers: one for each ten rules.</summary>
    public static string[] Apps(int rules) => [.. Enumerable.Range(0, Math.Max(5, rules / 10)).Select(n => $"app-{n}")];

    public static T One<T>(this Random random, T[] of) => of[random.Next(of.Length)];

    /// <summary>Distinct ones, in their order.</summary>
    public static T[] Some<T>(this Random random, T[] of, int most)
    {
        var chosen = Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => random.Next(of.Length)).Distinct().Order();
        return [.. chosen.Select(index => of[index])];
    }

    public static bool Chance(this Random random, double of) => random.NextDouble() < of;
}
