using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>Makes up entitlements of every type of the catalogue and of custom resources; a few of each kind that has to be refused.</summary>
internal sealed class EntitlementMaker(Random random, string[] namespaces)
{
    public static readonly string[] Names = ["web", "web-1", "we", "web.old", "db", "system:node"];

    private static readonly ResourceType[] Types =
    [
        .. Catalogue.Current.Types.Where(type => type.Offers.Count > 0),
        .. ((string[])["certificates.cert-manager.io", "issuers.cert-manager.io", "widgets.example.com"]).Select(type => Catalogue.Current.Find(type)).OfType<ResourceType>(),
        .. ((string[])["clusterissuers.cert-manager.io", "gadgets.example.com"]).Select(type => Catalogue.Current.Find(type)).OfType<ResourceType>().Select(type => CustomTypes.In("", type)),
    ];

    private static readonly ResourceType[] TypesInNamespaces = [.. Types.Where(type => !type.ClusterScoped)];

    /// <param name="ofCluster">Whether what belongs to the cluster is among it: the server reads all bindings of the cluster for each answer.</param>
    public DesiredEntitlement Next(bool ofCluster)
    {
        var type = Any(ofCluster ? Types : TypesInNamespaces);
        var entitlement = new Entitlement("k8s:test", Verbs(type), Resources(type), Conditions.None, OneIn(5) ? Natives(type) : null);
        entitlement = random.Next(50) switch
        {
            0 => entitlement with { Conditions = new(SourceCidrs: ["10.0.0.0/8"]) },
            1 => entitlement with { Conditions = new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }) },
            2 => entitlement with { Resources = [entitlement.Resources[0] with { Match = ResourceMatch.Prefix, Name = "web-" }] },
            3 => entitlement with { Resources = [entitlement.Resources[0] with { Container = type.ClusterScoped ? namespaces[0] : "" }] },
            4 => entitlement with { Verbs = [.. Enum.GetValues<Verb>().Where(_ => OneIn(2)).DefaultIfEmpty(Verb.UseCredential)] },
            _ => entitlement,
        };
        return new(entitlement, "g", OneIn(4) ? DateTimeOffset.UnixEpoch : null);
    }

    private Verb[] Verbs(ResourceType type)
    {
        Verb[] offered = [.. Enum.GetValues<Verb>().Where(verb => type.Offers.Contains(VerbWords.Of(verb), StringComparer.Ordinal))];
        // What the catalogue offers and never gives is asked for now and then.
        Verb[] given = [.. offered.Where(verb => OneIn(20) || Catalogue.Current.NativeOf(verb, type)?.All(native => type.WhyRefused(native) is null) == true)];
        return [.. given.Where(_ => OneIn(2)).DefaultIfEmpty(Any(given.Length > 0 ? given : offered))];
    }

    private ResourceSelector[] Resources(ResourceType type)
    {
        var count = OneIn(5) ? 2 : 1;
        return
        [
            .. Enumerable.Range(0, count).Select(_ => OneIn(3)
                ? new ResourceSelector(type.Type, type.ClusterScoped ? "" : Any(namespaces), ResourceMatch.All, null)
                : new ResourceSelector(type.Type, type.ClusterScoped ? "" : Any(namespaces), ResourceMatch.Exact, Any(Names))),
        ];
    }

    private string[] Natives(ResourceType type) => [$"k8s:{type.Type}:{Any(Catalogue.Current.NativeVerbs)}"];

#pragma warning disable CA5394 // A sample of entitlements needs no secure randomness.
    private bool OneIn(int count) => random.Next(count) == 0;

    private T Any<T>(IReadOnlyList<T> some) => some[random.Next(some.Count)];
#pragma warning restore CA5394
}
