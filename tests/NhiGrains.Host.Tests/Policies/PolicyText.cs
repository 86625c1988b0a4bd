using System.Text;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies;

namespace NhiGrains.Host.Tests.Policies;

/// <summary>Policy files as text; a rule that uses every key, which tests change in the one point that they are about.</summary>
internal static class PolicyText
{
    public const string Rule = """
        - name: cut
          effect: permit
          match:
            kinds: [service-account, ai-agent]
            environments: [staging]
            tags: {app: billing}
            verbs: [read, use-credential]
            platforms: ["k8s:demo"]
            resourcePrefix: shop/configmaps/
            lifetimeAtMost: 8h
            standing: false
          maxLifetime: 30m
          onlyVerbs: [read]
          allowControllerEnforcedEnd: true
        """;

    public static string WithRules(string rules) => $"format: 1\nname: set\nrules:\n{rules}\n";

    public static PolicyFileResult Load(string text) => PolicyFile.Parse("p.yaml", Encoding.UTF8.GetBytes(text));

    public static PolicySet Valid(string rules = Rule)
    {
        var result = Load(WithRules(rules));
        Assert.Empty(result.Problems);
        return result.Set ?? throw new InvalidOperationException("Neither a set nor a problem.");
    }
}
