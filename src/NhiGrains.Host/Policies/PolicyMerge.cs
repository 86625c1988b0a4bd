using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>One set from the documents that make it up: names are unique over all of them.</summary>
internal static class PolicyMerge
{
    public const int MaxRules = 1_000;
    public const int MaxEntries = 5_000;

    /// <summary>Null when a document is no policy, or there is none; what is wrong becomes a problem of the document that says it.</summary>
    public static PolicySet? Merge(IReadOnlyList<PolicyFragment> fragments)
    {
        var name = NameOf(fragments);
        var rules = Distinct(fragments, fragment => fragment.Rules, rule => rule.Name, "A rule", MaxRules);
        var applications = Distinct(fragments, fragment => fragment.Applications, application => application.Name, "An application", MaxEntries);
        var resources = Distinct(fragments, fragment => fragment.Resources, entry => $"{entry.Platform} {entry.Prefix}".Trim(), "A resource entry", MaxEntries);
        RefuseUnknownApplications(fragments, applications);
        return name is null ? null : new PolicySet(name, rules)
        {
            Applications = applications,
            Resources = resources,
            Administrators = AdministratorsOf(fragments),
            RiskResponses = ResponsesOf(fragments),
        };
    }

    private static string? NameOf(IReadOnlyList<PolicyFragment> fragments)
    {
        var named = fragments.Where(fragment => fragment.Name is not null).ToArray();
        if (named.Length == 0 && fragments.Count > 0 && fragments.All(fragment => fragment.IsRead))
            fragments[0].Problems.Add(Position.Start, fragments.Count == 1 ? "A policy file needs the key 'name'." : "One of the files has to say the 'name' of the set.");
        foreach (var other in named.Skip(1).Where(other => other.Name?.Value != named[0].Name?.Value))
            other.Problems.Add(other.Name?.At ?? Position.Start, $"The set is named '{named[0].Name?.Value}' in {named[0].Problems.File} already; one file is enough.");
        return named.FirstOrDefault()?.Name?.Value;
    }

    // Said in two files, neither would be the whole of it, and nobody would see that in either.
    private static PolicyAdministrators? AdministratorsOf(IReadOnlyList<PolicyFragment> fragments)
    {
        var named = fragments.Where(fragment => fragment.Administrators is not null).ToArray();
        foreach (var other in named.Skip(1))
            other.Problems.Add(other.Administrators?.At ?? Position.Start, $"The administrators are named in {named[0].Problems.File} already.");
        return named.FirstOrDefault()?.Administrators?.Value;
    }

    private static RiskResponse[] ResponsesOf(IReadOnlyList<PolicyFragment> fragments)
    {
        var all = fragments.SelectMany(fragment => fragment.RiskResponses.Select(placed => (fragment.Problems, placed))).ToArray();
        if (all.Length > MaxRules)
            all[MaxRules].Problems.Add(all[MaxRules].placed.At, $"A policy set has at most {MaxRules} risk responses, and this is one too many.");
        return [.. all.Select(one => one.placed.Value)];
    }

    private static List<T> Distinct<T>(
        IReadOnlyList<PolicyFragment> fragments, Func<PolicyFragment, IReadOnlyList<Placed<T>>> of, Func<T, string> nameOf, string what, int most)
    {
        var first = new Dictionary<string, (PolicyProblems File, Position At)>(StringComparer.Ordinal);
        var values = new List<T>();
        foreach (var (fragment, placed) in fragments.SelectMany(fragment => of(fragment).Select(placed => (fragment, placed))))
        {
            var name = nameOf(placed.Value);
            if (first.TryAdd(name, (fragment.Problems, placed.At)))
                values.Add(placed.Value);
            else
                fragment.Problems.Add(placed.At, $"{what} named '{name}' is in {PlaceOf(first[name], fragment)} already; each has a name of its own.");
            if (values.Count == most + 1)
                fragment.Problems.Add(placed.At, $"A policy set has at most {most} of these, and this is one too many: '{name}'.");
        }

        return values;
    }

    private static string PlaceOf((PolicyProblems File, Position At) first, PolicyFragment here) =>
        ReferenceEquals(first.File, here.Problems) ? $"line {first.At.Line}" : $"{first.File.File}:{first.At.Line}";

    private static void RefuseUnknownApplications(IReadOnlyList<PolicyFragment> fragments, List<CatalogueApplication> applications)
    {
        var known = applications.Select(application => application.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var fragment in fragments)
        {
            foreach (var placed in fragment.Resources.Where(placed => placed.Value.Application is { } name && !known.Contains(name)))
                fragment.Problems.Add(placed.At, $"There is no application '{placed.Value.Application}'{CommandLine.Spelling.Hint(placed.Value.Application ?? "", known)}");
            foreach (var (rule, name) in fragment.Rules.SelectMany(rule => (rule.Value.Match.Applications ?? []).Where(name => !known.Contains(name)).Select(name => (rule, name))))
                fragment.Problems.Add(rule.At, $"The rule '{rule.Value.Name}' names the application '{name}', which is not there{CommandLine.Spelling.Hint(name, known)}");
        }
    }
}
