using NhiGrains.Domain.Identities;

namespace NhiGrains.Host.Demo;

/// <summary>Three identities of a shop on the cluster of the demo; deploy/demo/policy.yaml is written for them.</summary>
internal static class DemoIdentities
{
    public const string Platform = "k8s:demo";

    public static IReadOnlyDictionary<string, IdentityProfile> All { get; } = new Dictionary<string, IdentityProfile>(StringComparer.Ordinal)
    {
        ["billing"] = Profile(IdentityKind.ServiceAccount, "ada@shop.example", "payments", "billing"),
        ["triage-bot"] = Profile(IdentityKind.Bot, "ben@shop.example", "support", "triage-bot"),
        ["release-agent"] = Profile(IdentityKind.AiAgent, "cleo@shop.example", "platform", "release-agent"),
    };

    private static IdentityProfile Profile(IdentityKind kind, string person, string team, string app) => new(
        kind, new(person, team), "staging",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = app },
        [new(Platform, $"shop/{app}", CreateIfMissing: true)]);
}
