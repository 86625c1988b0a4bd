namespace NhiGrains.Bench.Policies;

/// <summary>The same condition in the three languages that it is measured in.</summary>
internal sealed record Condition(string Cel, string CSharp, string Cedar)
{
    /// <summary>One of a few forms, about the application <paramref name="app"/>; what people write in conditions because no key of a rule says it.</summary>
    public static Condition Of(int form, string app, string tier) => (form % 6) switch
    {
        0 => new("request.ticket.startsWith('CHG-')", "asked.Ticket.StartsWith(\"CHG-\", StringComparison.Ordinal)", "context.ticket like \"CHG-*\""),
        1 => new(
            "entitlement.verbs.all(verb, verb in ['list', 'read', 'invoke'])",
            "(asked.Verbs & ~(VerbBits.List | VerbBits.Read | VerbBits.Invoke)) == 0",
            "[\"list\", \"read\", \"invoke\"].containsAll(context.verbs)"),
        2 => new(
            "'on-call' in request.groups || request.by == identity.owner",
            "asked.Groups.Contains(\"on-call\") || asked.By == asked.Owner",
            "context.groups.contains(\"on-call\") || context.by == context.owner"),
        3 => new(
            $"'tier' in identity.tags && identity.tags['tier'] == '{tier}' && identity.team != 'contractors'",
            $"asked.HasTag(\"tier\", \"{tier}\") && asked.Team != \"contractors\"",
            $"context.tags has \"tier\" && context.tags[\"tier\"] == \"{tier}\" && context.team != \"contractors\""),
        4 => new(
            "request.standing || request.lifetime <= duration('4h')",
            "asked.Lifetime is null || asked.Lifetime <= TimeSpan.FromHours(4)",
            "context.standing || context.lifetime <= 14400"),
        _ => new(
            $"resources.all(resource, resource.container == '{app}' && !resource.name.endsWith('-secret'))",
            $"asked.Container == \"{app}\" && !asked.Name.EndsWith(\"-secret\", StringComparison.Ordinal)",
            $"context.container == \"{app}\" && !(context.name like \"*-secret\")"),
    };
}
