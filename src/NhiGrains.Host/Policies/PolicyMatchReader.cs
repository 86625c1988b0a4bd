using System.Globalization;
using NhiGrains.Cel;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What a rule looks at, from its map.</summary>
internal sealed class PolicyMatchReader(PolicyProblems problems)
{
    private readonly TextChecks _checks = new(problems);
    private readonly EvidenceMatchReader _evidence = new(problems);

    public PolicyMatch Read(YamlMap map)
    {
        var reader = new MapReader(map, "A match", problems);
        var match = new PolicyMatch(
            Kinds: reader.Choices<IdentityKind>("kinds"),
            Environments: TextChecks.Each(reader.Texts("environments"), _checks.Environment),
            Tags: reader.TextMap("tags", "tag"),
            Verbs: reader.Choices<Verb>("verbs"),
            Platforms: TextChecks.Each(reader.Texts("platforms"), _checks.Platform),
            ResourcePrefix: ResourcePrefix(reader),
            LifetimeAtMost: reader.Lifetime("lifetimeAtMost"),
            Standing: reader.Flag("standing"))
        {
            Identities = reader.Words("identities"),
            Teams = reader.Words("teams"),
            Requesters = reader.Words("requesters"),
            RequesterGroups = reader.Words("requesterGroups"),
            ResourceTypes = reader.Words("resourceTypes"),
            Sensitivities = reader.Choices<Sensitivity>("sensitivities"),
            Applications = reader.Words("applications"),
            ResourceEnvironments = TextChecks.Each(reader.Texts("resourceEnvironments"), _checks.Environment),
            LifetimeOver = reader.Lifetime("lifetimeOver"),
            Evidence = _evidence.Read(reader, "evidence"),
            EvidenceMissing = _evidence.Read(reader, "evidenceMissing"),
            RiskAtLeast = reader.ChoiceOrNothing<RiskSeverity>("riskAtLeast"),
            RiskBelow = reader.ChoiceOrNothing<RiskSeverity>("riskBelow"),
            RiskTypes = reader.Words("riskTypes"),
            During = During(reader),
            Condition = Condition(reader),
        };
        if (match is { Standing: true, LifetimeAtMost: not null })
            problems.Add(reader.At("lifetimeAtMost"), "Standing access has no lifetime, so this would match nothing.");
        if (match is { RiskTypes: not null, RiskAtLeast: null, RiskBelow: null })
            problems.Add(reader.At("riskTypes"), "'riskTypes' says which signals 'riskAtLeast' or 'riskBelow' is about; give one of them.");
        reader.Finish();
        return match;
    }

    private string? ResourcePrefix(MapReader reader)
    {
        var prefix = reader.Text("resourcePrefix");
        _checks.Prefix(prefix, reader.At("resourcePrefix"));
        return prefix;
    }

    private string? Condition(MapReader reader)
    {
        if (reader.TextNode("condition") is not { } text)
            return null;
        foreach (var issue in CompiledPolicy.Check(text.Value))
            problems.Add(text.PlaceOf(issue.Line, issue.Column), $"The condition, line {issue.Line}, column {issue.Column}: {issue.Message}");
        return text.Value;
    }

    private DailyWindow? During(MapReader reader)
    {
        if (reader.Map("during") is not { } map)
            return null;
        var window = new MapReader(map, "A window", problems);
        var days = window.Choices<DayOfWeek>("days");
        var (from, to) = (TimeOf(window, "from"), TimeOf(window, "to"));
        var zone = window.Text("zone") ?? "UTC";
        if (!CelTimeZones.TryFind(zone, out _))
            problems.Add(window.At("zone"), $"'{zone}' is no time zone of the IANA database, such as 'Europe/Berlin' or 'UTC'.");
        window.Finish();
        return from is { } begin && to is { } end ? new(days, begin, end, zone) : null;
    }

    private TimeOnly? TimeOf(MapReader reader, string key)
    {
        if (reader.RequiredText(key) is not { } text)
            return null;
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        problems.Add(reader.At(key), $"'{text}' is no time of day; write it as \"08:30\".");
        return null;
    }
}
