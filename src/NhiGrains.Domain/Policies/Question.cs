using NhiGrains.Cel;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>One entitlement of an input, with what the catalogue knows of it: what a rule is held against.</summary>
internal sealed class Question(DecisionInput input, Entitlement entitlement, Catalogue catalogue)
{
    private readonly Dictionary<ResourceSelector, IReadOnlyList<ResourceFact>> _known = [];
    private readonly PlatformCatalogue _catalogue = catalogue.On(entitlement.Platform);
    private ResourceFact[]? _facts;
    private string[]? _typesOfMore;
    private IReadOnlyDictionary<string, CelValue>? _attributes;

    public DecisionInput Input => input;

    public Entitlement Entitlement => entitlement;

    /// <summary>At least one, and each once: rules are held against all of them.</summary>
    public ResourceFact[] Facts => _facts ??=
    [
        .. entitlement.Resources.Select(FactsOf).Distinct<IReadOnlyList<ResourceFact>>(ReferenceEqualityComparer.Instance)
            .SelectMany(facts => facts).Distinct<ResourceFact>(ReferenceEqualityComparer.Instance).DefaultIfEmpty(catalogue.Unknown),
    ];

    public IReadOnlyDictionary<string, CelValue> Attributes => _attributes ??= ConditionAttributes.Of(this);

    public IReadOnlyList<ResourceFact> FactsOf(ResourceSelector resource) =>
        _known.TryGetValue(resource, out var known) ? known : _known[resource] = Known(resource);

    /// <summary>The types whose verbs are more than themselves: mostly none, so that hundreds of resources cost a rule nothing.</summary>
    public string[] TypesOfMore => _typesOfMore ??= TypesOfMoreIn(entitlement.Resources);

    public string[] TypesOfMoreIn(IReadOnlyList<ResourceSelector> resources) =>
        input.Reading == PolicyReading.First ? [] : VerbsInVerbs.TypesIn(resources);

    /// <summary>Whether one of the verbs does with a type of more what another one does that is named.</summary>
    public bool IsMore(IReadOnlyList<Verb> named, string type) =>
        TypesOfMore.Contains(type) && entitlement.Verbs.Any(verb => VerbsInVerbs.Touches(named, type, verb));

    /// <summary>Whether a beginning of a path covers all that the selector reaches.</summary>
    public bool IsCovered(string prefix, ResourceSelector resource) =>
        input.Reading == PolicyReading.First ? ResourcePaths.Covers(prefix, resource) : ResourcePaths.CoversNamed(prefix, resource);

    // What is a part of something is as sensitive as that is, and belongs where that belongs.
    private IReadOnlyList<ResourceFact> Known(ResourceSelector resource)
    {
        var own = _catalogue.Of(resource);
        return ResourcePaths.WholeOf(resource) is { } whole ? [.. own.Union(FactsOf(whole))] : own;
    }
}
