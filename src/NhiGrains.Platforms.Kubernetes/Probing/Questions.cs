using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Probing;

/// <summary>
/// What has to be asked to know that access means what was desired: yes for all that is given; no for all that was just taken away,
/// and around a sample of each resource. Pure.
/// </summary>
internal static class Questions
{
    private static readonly string[] Siblings = ["delete", "update", "list", "get", "patch"];
    private static readonly string[] OtherNamespaces = ["kube-system", "default", "kube-public"];

    public static IEnumerable<Question> About(
        IReadOnlyCollection<(string? Namespace, Access Access)> given, IReadOnlyCollection<(string? Namespace, Access Access)> taken)
    {
        var union = given.ToLookup(g => g.Namespace ?? "", g => g.Access).ToDictionary(g => g.Key, g => g.ToHashSet(), StringComparer.Ordinal);
        bool IsGiven((string? Namespace, Access Access) asked) =>
            union.TryGetValue(asked.Namespace ?? "", out var accesses) && asked.Access.IsIn(accesses);

        var yes = given.Select(g => new Question(g.Namespace, g.Access, Expected: true, "is granted"));
        var gone = taken.Where(t => !IsGiven(t)).Select(t => new Question(t.Namespace, t.Access, Expected: false, "was taken away"));
        var around = given
            .GroupBy(g => (g.Namespace, g.Access.Group, g.Access.Resource))
            .SelectMany(same => Around(same.Key.Namespace, same.Select(g => g.Access).MinBy(access => access.ToString(), StringComparer.Ordinal), IsGiven));
        return yes.Concat(gone).Concat(around).DistinctBy(question => (question.Namespace, question.Access));
    }

    private static IEnumerable<Question> Around(string? inNamespace, Access sample, Func<(string?, Access), bool> isGiven)
    {
        var candidates = new (string Why, IEnumerable<(string? Namespace, Access Access)> Asked)[]
        {
            ("a sibling verb", Siblings.Select(verb => (inNamespace, sample with { Verb = verb }))),
            ("another resource type", Neighbours(sample, inNamespace is null).Select(access => (inNamespace, access))),
            ("another namespace", inNamespace is null ? [] : OtherNamespaces.Select(other => ((string?)other, sample))),
            ("another name", sample.Name is null ? [] : [(inNamespace, sample with { Name = sample.Name + "-other" })]),
        };
        foreach (var (why, asked) in candidates)
        {
            foreach (var no in asked.Where(access => !isGiven(access)).Take(1))
                yield return new Question(no.Namespace, no.Access, Expected: false, why);
        }
    }

    private static IEnumerable<Access> Neighbours(Access sample, bool inCluster) => Catalogue.Current.Types
        .Where(type => type.ClusterScoped == inCluster && !type.IsSubresource && type.Type != sample.Resource && type.Offers.Count > 0)
        .OrderByDescending(type => type.ListShowsSecrets)
        .Select(type => sample with { Group = type.Group, Resource = type.Type });
}
