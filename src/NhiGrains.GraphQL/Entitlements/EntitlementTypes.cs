using GraphQL.Types;
using NhiGrains.Domain.Entitlements;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Entitlements;

internal sealed class VerbType() : DescribedEnum<Verb>("Verb", "What may be done with a resource: a closed set without 'all' and without 'admin'.",
    (Verb.List, "See which resources there are."),
    (Verb.Read, "Read a resource."),
    (Verb.Write, "Create or change a resource."),
    (Verb.Delete, "Delete a resource."),
    (Verb.Invoke, "Call a function or service."),
    (Verb.UseCredential, "Use a key, token or secret, without reading it where the platform can tell the two apart."));

internal sealed class ResourceMatchType() : DescribedEnum<ResourceMatch>("ResourceMatch", "Which resources of a type a selector means.",
    (ResourceMatch.Exact, "One resource, by its name."),
    (ResourceMatch.Prefix, "Every resource whose name starts with a prefix that ends at a separator: 'team-a/' never matches 'team-ab'."),
    (ResourceMatch.All, "Every resource of the type in the container."));

internal sealed class EntitlementType : Described<Entitlement>
{
    public EntitlementType()
        : base("Entitlement", "What may be done on one platform: verbs on resources under conditions, platform-neutral.")
    {
        Show("platform", Of.Text, "The platform's id, for example 'k8s:staging'.", entitlement => entitlement.Platform);
        Show("verbs", Of.Many<VerbType>(), "What may be done.", entitlement => entitlement.Verbs);
        Show("resources", Of.Many<ResourceSelectorType>(), "With what.", entitlement => entitlement.Resources);
        Show("conditions", Of.One<ConditionsType>(), "When and from where.", entitlement => entitlement.Conditions);
        Show("nativeActions", Of.Texts, "The way out of the verbs: the platform's own actions, audited as such.", entitlement => entitlement.NativeActions ?? []);
    }
}

internal sealed class ResourceSelectorType : Described<ResourceSelector>
{
    public ResourceSelectorType()
        : base("ResourceSelector", "Resources, as a typed path from their container down.")
    {
        Show("type", Of.Text, "A resource type of the platform, for example 'configmaps'.", resource => resource.Type);
        Show("container", Of.Text, "What holds them, for example a Kubernetes namespace; empty for the platform itself.", resource => resource.Container);
        Show("match", Of.One<ResourceMatchType>(), "Which of them.", resource => resource.Match);
        Show("name", Of.Maybe<StringGraphType>(), "The name or the prefix; null for ALL.", resource => resource.Name);
    }
}

internal sealed class ConditionsType : Described<Conditions>
{
    public ConditionsType()
        : base("Conditions", "A conjunction. A condition that a platform cannot say is refused, never dropped.")
    {
        Show("notBefore", Of.Maybe<InstantType>(), "From when on.", conditions => conditions.NotBefore);
        Show("notAfter", Of.Maybe<InstantType>(), "Until when.", conditions => conditions.NotAfter);
        Show("sourceCidrs", Of.MaybeMany<StringGraphType>(), "From which networks; null for any.", conditions => conditions.SourceCidrs);
        Show("resourceTagEquals", Of.MaybeMany<TagType>(), "Tags that the resource must have; null for any.", conditions => TagType.List(conditions.ResourceTagEquals));
    }
}

internal sealed class EntitlementInputType : DescribedInput<Entitlement>
{
    public EntitlementInputType()
        : base("EntitlementInput", "What may be done on one platform.")
    {
        Take("platform", Of.Text, "The platform's id, as the query 'platforms' lists it.");
        Take("verbs", Of.Many<VerbType>(), "What may be done; may be empty only beside native actions.", Array.Empty<Verb>());
        Take("resources", Of.Many<ResourceSelectorInputType>(), "With what: 1 to 100 selectors.");
        Take("conditions", Of.Maybe<ConditionsInputType>(), "When and from where; none when left out.");
        Take("nativeActions", Of.MaybeMany<StringGraphType>(), "The platform's own actions, each by its full name.");
    }

    protected override Entitlement Parse(Given given) => new(
        given.Get<string>("platform"),
        given.List<Verb>("verbs"),
        given.List<ResourceSelector>("resources"),
        given.Find<Conditions>("conditions") ?? Conditions.None,
        given.FindList<string>("nativeActions"));
}

internal sealed class ResourceSelectorInputType : DescribedInput<ResourceSelector>
{
    public ResourceSelectorInputType()
        : base("ResourceSelectorInput", "Resources, as a typed path from their container down. Wildcards do not exist.")
    {
        Take("type", Of.Text, "A resource type of the platform, for example 'configmaps'.");
        Take("container", Of.Text, "What holds them, for example a Kubernetes namespace; empty for the platform itself.", "");
        Take("match", Of.One<ResourceMatchType>(), "Which of them.", ResourceMatch.Exact);
        Take("name", Of.Maybe<StringGraphType>(), "The name or the prefix; left out for ALL.");
    }

    protected override ResourceSelector Parse(Given given) => new(
        given.Get<string>("type"), given.Get<string>("container"), given.Get<ResourceMatch>("match"), given.Find<string>("name"));
}

internal sealed class ConditionsInputType : DescribedInput<Conditions>
{
    public ConditionsInputType()
        : base("ConditionsInput", "A conjunction: all that are given must hold.")
    {
        Take("notBefore", Of.Maybe<InstantType>(), "From when on.");
        Take("notAfter", Of.Maybe<InstantType>(), "Until when.");
        Take("sourceCidrs", Of.MaybeMany<StringGraphType>(), "From which networks, in CIDR notation.");
        Take("resourceTagEquals", Of.MaybeMany<TagInputType>(), "Tags that the resource must have.");
    }

    protected override Conditions Parse(Given given) => new(
        given.FindValue<DateTimeOffset>("notBefore"),
        given.FindValue<DateTimeOffset>("notAfter"),
        given.FindList<string>("sourceCidrs"),
        TagInputType.Map(given.FindList<TagInput>("resourceTagEquals")));
}
