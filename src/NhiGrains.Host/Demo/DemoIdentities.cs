using NhiGrains.Domain.Identities;

namespace NhiGrains.Host.Demo;

/// <summary>Four identities of a shop on the platforms of the demo; deploy/demo/policy.yaml is written for them.</summary>
internal static class DemoIdentities
{
    private const string Cluster = "k8s:demo";

    private static readonly IReadOnlyList<(string Id, IdentityKind Kind, string Person, string Team, Binding[] Bindings)> Everybody =
    [
        ("billing", IdentityKind.ServiceAccount, "ada@shop.example", "payments", [InCluster("billing")]),
        ("triage-bot", IdentityKind.Bot, "ben@shop.example", "support", [InCluster("triage-bot")]),
        ("release-agent", IdentityKind.AiAgent, "cleo@shop.example", "platform", [InCluster("release-agent")]),
        ("build-agent", IdentityKind.Bot, "dora@shop.example", "delivery",
        [
            new("aws:demo", "role/build-agent", CreateIfMissing: true),
            new("gcp:demo", "build-agent@shop-demo.iam.gserviceaccount.com", CreateIfMissing: true),
            InCluster("build-agent"),
            new("pg:demo", "build_agent", CreateIfMissing: true),
        ]),
    ];

    /// <param name="platforms">Those that are configured; nobody is bound elsewhere.</param>
    public static IEnumerable<(string Id, IdentityProfile Profile)> On(IReadOnlyList<string> platforms) => Everybody.Select(one => (
        one.Id,
        new IdentityProfile(
            one.Kind, new(one.Person, one.Team), "staging",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = one.Id },
            [.. one.Bindings.Where(binding => platforms.Contains(binding.Platform, StringComparer.Ordinal))])));

    private static Binding InCluster(string app) => new(Cluster, $"shop/{app}", CreateIfMissing: true);
}
