using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

/// <summary>
/// What is asked and what Kubernetes gets, for people to read: Golden/*.yaml, which <c>kubectl</c> reads, too. After a change that is meant, run these tests with
/// <c>NHIGRAINS_REWRITE_GOLDEN=1</c>, and read what git shows.
/// </summary>
public class GoldenTests
{
    private static readonly GoldenFiles Files = new("tests/NhiGrains.Platforms.Kubernetes.Tests/Golden", ".yaml");

    private static readonly DateTimeOffset End = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Capabilities Kubernetes = new(false, TimeSpan.FromSeconds(60), true, true, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(15));

    private const string Group = "rbac.authorization.k8s.io";

    public static TheoryData<string> Cases => [.. Asked.Keys];

    private static Dictionary<string, DesiredEntitlement[]> Asked { get; } = new(StringComparer.Ordinal)
    {
        ["configmap-by-name-read"] = [Standing(On("configmaps", "shop", "settings", Verb.Read))],
        ["configmap-by-name-write-with-an-end"] = [Until("g1", On("configmaps", "shop", "settings", Verb.Write))],
        ["configmap-by-name-list"] = [Standing(On("configmaps", "shop", "settings", Verb.List))],
        ["configmaps-by-prefix-refused"] = [Standing(On("configmaps", "shop", null, Verb.Read) with { Resources = [new("configmaps", "shop", ResourceMatch.Prefix, "team-a-")] })],
        ["configmaps-from-a-network-refused"] = [Standing(On("configmaps", "shop", null, Verb.Read) with { Conditions = new(SourceCidrs: ["10.0.0.0/8"]) })],
        ["configmaps-by-label-refused"] = [Standing(On("configmaps", "shop", null, Verb.Read) with { Conditions = new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }) })],
        ["pods-all-verbs"] = [Standing(On("pods", "shop", null, Verb.List, Verb.Read, Verb.Write, Verb.Delete))],
        ["pods-exec-refused"] = [Standing(On("pods/exec", "shop", "web-0", Verb.Invoke))],
        ["pods-eviction"] = [Standing(On("pods/eviction", "shop", "web-0", Verb.Invoke))],
        ["deployment-patch-with-an-end"] = [Until("g1", On("deployments", "shop", "orders", Verb.Read, Verb.Write))],
        ["deployment-scale-in-a-window"] = [Until("g1", On("deployments/scale", "shop", "orders", Verb.Read, Verb.Write) with { Conditions = new(NotBefore: End.AddHours(-8)) })],
        ["jobs-native-action-with-an-end"] = [Until("g1", On("jobs", "shop", null, Verb.List) with { NativeActions = ["k8s:jobs:create"] })],
        ["secret-by-name-with-an-end"] = [Until("g1", On("secrets", "shop", "database", Verb.Read))],
        ["secrets-list-alone-refused"] = [Standing(On("secrets", "shop", null, Verb.List))],
        ["watch-for-good"] = [Standing(On("configmaps", "shop", null, Verb.List) with { NativeActions = ["k8s:configmaps:watch"] })],
        ["watch-with-an-end-refused"] = [Until("g1", On("configmaps", "shop", null, Verb.List) with { NativeActions = ["k8s:configmaps:watch"] })],
        ["rolebindings-write-refused"] = [Standing(On("rolebindings", "shop", null, Verb.Write))],
        ["token-of-another-account-refused"] = [Standing(On("serviceaccounts/token", "shop", "deployer", Verb.UseCredential))],
        ["nodes-of-the-cluster"] = [Standing(On("nodes", "", null, Verb.List, Verb.Read))],
        ["custom-resource-in-a-namespace-with-an-end"] = [Until("g1", On("certificates.cert-manager.io", "shop", "web", Verb.Read, Verb.Write))],
        ["custom-resource-of-the-cluster"] = [Standing(On("clusterissuers.cert-manager.io", "", "letsencrypt", Verb.Read))],
        ["two-grants-that-overlap"] = [Until("g1", On("configmaps", "shop", "settings", Verb.Read)), Until("g2", On("configmaps", "shop", null, Verb.Read)), Until("g3", On("configmaps", "shop", "settings", Verb.Delete))],
        ["namespaces-and-the-cluster-at-once"] =
        [
            Standing(On("configmaps", "shop", "settings", Verb.Read)), Standing(On("configmaps", "shop", "flags", Verb.Read)),
            Standing(On("pods", "bank", null, Verb.List)), Standing(On("namespaces", "", "shop", Verb.Read)),
        ],
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_asked_becomes_what_the_file_says(string name) => Files.Check(name, Text(Asked[name]));

    [Fact]
    public void Every_file_is_of_a_case() => Files.CheckNames(Asked.Keys);

    private static string Text(DesiredEntitlement[] asked)
    {
        var plan = Compiler.Compile(new("billing", new("k8s:prod", "shop/billing"), asked, ControllerEndAllowed: true), "k8s:prod", Kubernetes);
        string[] said = plan.Fidelity switch
        {
            Fidelity.Refused refused => [$"Refused: {refused.Why.Code}", refused.Why.Message, refused.Why.Remedy],
            Fidelity.ControllerEnforced enforced => [$"ControllerEnforced, within {enforced.WorstCaseLag.TotalSeconds} s", .. enforced.Obligations],
            Fidelity.Narrower narrower => ["Narrower", .. narrower.Differences],
            _ => ["Exact"],
        };
        var head = asked.Select(one => $"# {Shown(one)}\n").Append("#\n").Concat(said.Select(line => $"# {line}\n"));
        return string.Concat(head) + string.Concat(plan.Objects.Select(one => "---\n" + KubernetesYaml.Serialize(Native(one)).ReplaceLineEndings("\n").TrimEnd() + "\n"));
    }

    /// <summary>As it is written to the API server, without the marker, which differs with the generation.</summary>
    private static object Native(NativeObject one)
    {
        var parts = one.Key.Split('/');
        var metadata = new V1ObjectMeta { Name = parts[^1], NamespaceProperty = parts.Length > 1 ? parts[0] : null };
        if (one.Kind.EndsWith("Role", StringComparison.Ordinal))
            return new { ApiVersion = $"{Group}/v1", one.Kind, metadata, Rules = Bodies.Read<RoleBody>(one).Rules.Select(Rules.ToNative).ToArray() };
        var (body, account) = (Bodies.Read<BindingBody>(one), new Objects.ServiceAccountName("shop", "billing"));
        Assert.Equal([Objects.Subjects.Text(account)], body.Subjects);
        var role = body.Role.Split('/');
        return new { ApiVersion = $"{Group}/v1", one.Kind, metadata, RoleRef = new V1RoleRef { ApiGroup = Group, Kind = role[0], Name = role[1] }, Subjects = new[] { Objects.Subjects.ToNative(account) } };
    }

    private static string Shown(DesiredEntitlement one)
    {
        var asked = one.Entitlement;
        string?[] parts =
        [
            $"{one.Source}: {string.Join(' ', asked.Verbs.Select(verb => verb.ToString().ToUpperInvariant()).Concat(asked.NativeActions ?? []))} of {string.Join(", ", asked.Resources)}",
            asked.Conditions.NotBefore is { } begin ? $"from {begin:u}" : null,
            one.EndsAt is { } end ? $"until {end:u}" : null,
            asked.Conditions.SourceCidrs is { } cidrs ? $"from the networks {string.Join(", ", cidrs)}" : null,
            .. (asked.Conditions.ResourceTagEquals ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(tag => $"where {tag.Key} is {tag.Value}"),
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static DesiredEntitlement Standing(Entitlement entitlement) => new(entitlement, "intent", null);

    private static DesiredEntitlement Until(string grant, Entitlement entitlement) => new(entitlement, grant, End);

    private static Entitlement On(string type, string container, string? name, params Verb[] verbs) =>
        new("k8s:prod", verbs, [new(type, container, name is null ? ResourceMatch.All : ResourceMatch.Exact, name)], Conditions.None);
}
