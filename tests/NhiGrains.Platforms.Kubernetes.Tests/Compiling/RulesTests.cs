using CsCheck;
using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

public class RulesTests
{
    private static readonly Gen<string[]> Verbs = Of("get", "list", "*").Array[1, 3];
    private static readonly Gen<string[]> Groups = Of("", "apps", "*").Array[1, 2];
    private static readonly Gen<string[]> Resources = Of("pods", "pods/status", "*", "*/status").Array[1, 3];
    private static readonly Gen<string[]> Names = Of("a", "b").Array[0, 2];

    private static readonly Gen<V1PolicyRule[]> Role = Gen.Select(Verbs, Groups, Resources, Names, (verbs, groups, resources, names) =>
        new V1PolicyRule { Verbs = verbs, ApiGroups = groups, Resources = resources, ResourceNames = names }).Array[0, 4];

    private static readonly Access[] Everything =
    [
        .. from verb in (string[])["get", "list", "patch"]
           from grp in (string[])["", "apps", "batch"]
           from resource in (string[])["pods", "pods/status", "jobs", "jobs/status"]
           from name in (string?[])["a", "b", "c", null]
           select new Access(grp, resource, verb, name),
    ];

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public void The_canonical_form_gives_exactly_what_the_rules_give() =>
        Role.Sample(role =>
        {
            var canonical = Rules.Of(role).Select(Rules.ToNative).ToArray();
            return Everything.All(access => role.Any(access.IsGivenBy) == canonical.Any(access.IsGivenBy));
        }, iter: 20_000);

    [Fact]
    public void It_does_not_depend_on_the_order_and_on_how_rules_are_split() =>
        Gen.Select(Role, Gen.Int).Sample((role, seed) =>
        {
            V1PolicyRule[] split =
            [
                .. role.SelectMany(rule => rule.Verbs.Select(verb => new V1PolicyRule
                {
                    Verbs = [verb], ApiGroups = rule.ApiGroups, Resources = [.. rule.Resources.Reverse()], ResourceNames = rule.ResourceNames,
                })),
            ];
            new Random(seed).Shuffle(split);
            return Bodies.Text(Rules.Of(role)) == Bodies.Text(Rules.Of(split));
        }, iter: 20_000);

    [Fact]
    public void It_is_its_own_canonical_form() =>
        Role.Sample(role => Bodies.Text(Rules.Of(role)) == Bodies.Text(Rules.Of(Rules.Of(role).Select(Rules.ToNative))), iter: 20_000);

    [Fact]
    public void A_role_that_multiplies_out_to_millions_costs_no_memory_and_still_differs()
    {
        string[] many = [.. Enumerable.Range(0, 1_000).Select(i => $"x{i}")];
        var hostile = new V1PolicyRule { Verbs = many, ApiGroups = many, Resources = many, ResourceNames = many };

        var rule = Assert.Single(Rules.Of([hostile]));

        Assert.Equal(1_000, rule.Verbs.Count);
        Assert.NotEqual(Bodies.Text(Rules.Of([hostile])), Bodies.Text(Rules.Of([new V1PolicyRule { Verbs = many, ApiGroups = many, Resources = many }])));
    }

    [Fact]
    public void Urls_are_kept_apart_from_resources() =>
        Assert.Equal("""[{"nonResourceUrls":["/healthz"],"verbs":["get"]}]""",
            Bodies.Text(Rules.Of([new V1PolicyRule { Verbs = ["get"], NonResourceURLs = ["/healthz", "/healthz"] }])));
}
