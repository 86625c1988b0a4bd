using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Probing;

/// <summary>
/// What has to be asked to know that access means what was desired: yes for all that is given; no for all that was just taken away,
/// and around a sample of each resource. Pure.
/// </summary>
internal static class Questions
{
    /// <summary>The name of a group and of a resource that nobody has: only a star gives it.</summary>
    private const string Nobody = "nhi-probe";

    /// <summary>Namespaces are asked about for each resource.</summary>
    private const int MaxOwnNamespaces = 5;

    private const string Rbac = "rbac.authorization.k8s.io";

    private static readonly string[] OtherNamespaces = ["kube-system", "default", "kube-public"];

    /// <summary>With these whoever has them gets everything that there is in the namespace.</summary>
    private static readonly Access[] ToEverything =
    [
        new("", "secrets", "get", null), new("", "serviceaccounts/token", "create", null), new("", "pods", "create", null), new("", "pods/exec", "create", null),
        new(Rbac, "roles", "escalate", null), new(Rbac, "roles", "bind", null), new(Rbac, "rolebindings", "create", null), new("", "serviceaccounts", "impersonate", null),
    ];

    /// <summary>Likewise in the cluster.</summary>
    private static readonly Access[] ToTheCluster =
    [
        new(Rbac, "clusterroles", "escalate", null), new(Rbac, "clusterroles", "bind", null), new(Rbac, "clusterrolebindings", "create", null),
        new("", "users", "impersonate", null), new("", "groups", "impersonate", null),
    ];

    public static IEnumerable<Question> About(
        IReadOnlyCollection<(string? Namespace, Access Access)> given, IReadOnlyCollection<(string? Namespace, Access Access)> taken)
    {
        var union = given.ToLookup(g => g.Namespace ?? "", g => g.Access).ToDictionary(g => g.Key, g => g.ToHashSet(), StringComparer.Ordinal);
        bool IsGiven((string? Namespace, Access Access) asked) =>
            union.TryGetValue(asked.Namespace ?? "", out var accesses) && asked.Access.IsIn(accesses);

        var yes = given.Select(g => new Question(g.Namespace, g.Access, Expected: true, "is granted"));
        var gone = taken.Where(t => !IsGiven(t)).Select(t => new Question(t.Namespace, t.Access, Expected: false, "was taken away"));
        string[] spaces = [.. given.Select(g => g.Namespace).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var around = given
            .GroupBy(g => (g.Namespace, g.Access.Group, g.Access.Resource))
            .SelectMany(same => Around(same.Key.Namespace, same.Select(g => g.Access).MinBy(access => access.ToString(), StringComparer.Ordinal), spaces, IsGiven));
        var everything = spaces.SelectMany(space => ToEverything.Select(access => (Namespace: (string?)space, Access: access)))
            .Concat(given.Count > 0 ? ToTheCluster.Select(access => (Namespace: (string?)null, Access: access)) : [])
            .Where(asked => !IsGiven(asked))
            .Select(asked => new Question(asked.Namespace, asked.Access, Expected: false, "a way to all other access"));
        return yes.Concat(gone).Concat(around).Concat(everything).DistinctBy(question => (question.Namespace, question.Access));
    }

    private static IEnumerable<Question> Around(string? inNamespace, Access sample, string[] spaces, Func<(string?, Access), bool> isGiven)
    {
        var others = OtherNamespaces.Take(2).Concat(spaces.Take(MaxOwnNamespaces)).Where(other => other != inNamespace);
        var candidates = new (string Why, int AtMost, IEnumerable<(string? Namespace, Access Access)> Asked)[]
        {
            ("a sibling verb", int.MaxValue, Catalogue.Current.NativeVerbs.Select(verb => (inNamespace, sample with { Verb = verb }))),
            ("another resource type", 1, Neighbours(sample, inNamespace is null).Select(access => (inNamespace, access))),
            ("any resource type", 1, [(inNamespace, sample with { Resource = Nobody })]),
            ("a subresource", int.MaxValue, Subresources(sample).Select(access => (inNamespace, access))),
            ("another API group", 1, [(inNamespace, sample with { Group = $"{Nobody}.example" })]),
            ("another namespace", int.MaxValue, inNamespace is null ? [] : others.Select(other => ((string?)other, sample))),
            ("another name", 1, sample.Name is null ? [] : [(inNamespace, sample with { Name = sample.Name + "-other" })]),
        };
        foreach (var (why, atMost, asked) in candidates)
        {
            foreach (var no in asked.Where(access => !isGiven(access)).Take(atMost))
                yield return new Question(no.Namespace, no.Access, Expected: false, why);
        }
    }

    private static IEnumerable<Access> Neighbours(Access sample, bool inCluster) => Catalogue.Current.Types
        .Where(type => type.ClusterScoped == inCluster && !type.IsSubresource && type.Type != sample.Resource && type.Offers.Count > 0)
        .OrderByDescending(type => type.ListShowsSecrets)
        .Select(type => sample with { Group = type.Group, Resource = type.Type });

    /// <summary>Those of the resource, one of another with the same name, and one that nobody has.</summary>
    private static IEnumerable<Access> Subresources(Access sample) => sample.Resource.Split('/') is [_, var last]
        ? Catalogue.Current.Types
            .Where(type => type.Type != sample.Resource && type.Type.EndsWith($"/{last}", StringComparison.Ordinal)).Take(1)
            .Select(type => sample with { Group = type.Group, Resource = type.Type })
            .Append(sample with { Resource = sample.Resource.Split('/')[0] })
        : Catalogue.Current.Types
            .Where(type => type.Type.StartsWith($"{sample.Resource}/", StringComparison.Ordinal)).Select(type => type.Type)
            .Append($"{sample.Resource}/{Nobody}")
            .SelectMany(resource => (Access[])[sample with { Resource = resource }, sample with { Resource = resource, Verb = "create" }]);
}
