using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>The same rules and requests for Cedar. Everything about a request is in its context, which is what costs Cedar the least.</summary>
internal static class CedarSource
{
    public static Dictionary<string, string> Policies(BenchRule[] rules) => rules.SelectMany(Policies).ToDictionary(policy => policy.Name, policy => policy.Text, StringComparer.Ordinal);

    public static object Request(DecisionInput input)
    {
        var (entitlement, resource) = (input.Entitlements[0], input.Entitlements[0].Resources[0]);
        return new
        {
            principal = new { type = "Identity", id = input.IdentityId },
            action = new { type = "Action", id = "access" },
            resource = new { type = "Resource", id = ResourcePaths.PathOf(resource) },
            context = new
            {
                kind = Spellings.Of(input.Kind), environment = input.Environment, tags = input.Tags, team = input.Owner.Team, owner = input.Owner.Person,
                by = input.Requester, groups = input.RequesterGroups, ticket = input.Ticket ?? "",
                standing = input.Lifetime is null, lifetime = (long)(input.Lifetime ?? TimeSpan.Zero).TotalSeconds,
                platform = entitlement.Platform, verbs = entitlement.Verbs.Select(verb => Spellings.Of(verb)).ToArray(),
                path = ResourcePaths.PathOf(resource), container = resource.Container, name = resource.Name,
            },
            entities = Array.Empty<object>(),
        };
    }

    private static IEnumerable<(string Name, string Text)> Policies(BenchRule bench)
    {
        var rule = bench.Rule;
        var when = When(bench);
        yield return rule.Effect switch
        {
            PolicyEffect.Deny => (rule.Name, $"forbid (principal, action, resource) when {{ {when} }};"),
            PolicyEffect.RequireApproval => (rule.Name, $"@approval(\"security and the owner's team\")\npermit (principal, action, resource) when {{ {when} }};"),
            _ => (rule.Name, $"permit (principal, action, resource) when {{ {when} }};"),
        };
        // Cedar cuts nothing. What is left of nothing is a deny, though, and a second policy says so.
        if (rule.OnlyVerbs is { } only)
            yield return ($"{rule.Name}-nothing-left", $"forbid (principal, action, resource) when {{ {when} && !{Set(only.Select(verb => Spellings.Of(verb)))}.containsAny(context.verbs) }};");
    }

    private static string When(BenchRule bench)
    {
        var (rule, match) = (bench.Rule, bench.Rule.Match);
        string?[] all =
        [
            match.Kinds is { } kinds ? OneOf("kind", kinds.Select(kind => Spellings.Of(kind))) : null,
            match.Environments is { } environments ? OneOf("environment", environments) : null,
            match.Platforms is { } platforms ? OneOf("platform", platforms) : null,
            match.Standing is { } standing ? standing ? "context.standing" : "!context.standing" : null,
            rule.MaxLifetime is not null ? "!context.standing" : null,
            match.LifetimeAtMost is { } most ? $"!context.standing && context.lifetime <= {most.TotalSeconds:0}" : null,
            match.LifetimeOver is { } over ? $"(context.standing || context.lifetime > {over.TotalSeconds:0})" : null,
            match.Teams is { } teams ? OneOf("team", teams) : null,
            .. (match.Tags ?? new Dictionary<string, string>()).Select(tag => $"context.tags has \"{tag.Key}\" && context.tags[\"{tag.Key}\"] == \"{tag.Value}\""),
            match.Verbs is { } verbs ? $"{Set(verbs.Select(verb => Spellings.Of(verb)))}.{(rule.Effect == PolicyEffect.Permit ? "containsAll" : "containsAny")}(context.verbs)" : null,
            match.ResourcePrefix is { } prefix ? $"context.path like \"{prefix}*\"" : null,
            bench.Condition is { } condition ? $"({condition.Cedar})" : null,
        ];
        return string.Join(" && ", all.OfType<string>());
    }

    private static string OneOf(string attribute, IEnumerable<string> values) => values.ToArray() is [var only]
        ? $"context.{attribute} == \"{only}\""
        : $"{Set(values)}.contains(context.{attribute})";

    private static string Set(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(value => $"\"{value}\""))}]";
}
