using NhiGrains.Domain.Risk;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What one document says, from its tree: the outermost map and its sections.</summary>
internal sealed class PolicySetReader(PolicyProblems problems)
{
    public const string FormatVersion = "1";

    private const int MaxNameLength = 100;

    private readonly PolicyRuleReader _rules = new(problems);
    private readonly CatalogueReader _catalogue = new(problems);
    private readonly RiskResponseReader _risks = new(problems);

    public PolicyFragment Read(YamlNode root)
    {
        var fragment = new PolicyFragment(problems);
        if (root is not YamlMap map)
        {
            problems.Add(root.At, $"A policy file is a map with the keys format, name and rules, but this is {root.Is}.");
            return fragment;
        }

        var reader = new MapReader(map, "A policy file", problems);
        if (reader.RequiredText("format") is { } format && format != FormatVersion)
            problems.Add(reader.At("format"), $"This reads format {FormatVersion}, not '{format}'.");
        var name = reader.Text("name");
        CheckName(name, reader.At("name"));
        fragment = fragment with
        {
            IsRead = true,
            Name = name is null ? null : new(name, reader.At("name")),
            Rules = [.. reader.Items("rules", _rules.Read, PolicyMerge.MaxRules + 1)],
            Applications = [.. reader.Items("applications", _catalogue.ReadApplication, PolicyMerge.MaxEntries + 1)],
            Resources = [.. reader.Items("resources", _catalogue.ReadEntry, PolicyMerge.MaxEntries + 1)],
            Administrators = PolicyAdministratorsReader.Read(reader, problems) is { } administrators ? new(administrators, reader.At("administrators")) : null,
            RiskResponses = [.. reader.Items("riskResponses", ReadResponse, PolicyMerge.MaxRules + 1)],
        };
        foreach (var rule in fragment.Rules)
            CheckName(rule.Value.Name, rule.At);
        if (!reader.Asked.Except(["format", "name"]).Any(reader.Has))
            reader.Missing("rules");
        reader.Finish();
        return fragment;
    }

    private Placed<RiskResponse>? ReadResponse(YamlNode node) => _risks.Read(node) is { } response ? new(response, node.At) : null;

    // Names are shown to people, in logs and in audit entries.
    private void CheckName(string? name, Position at)
    {
        if (name is not null && (name.Length > MaxNameLength || name.Any(char.IsControl)))
            problems.Add(at, $"A name is one line of at most {MaxNameLength} characters.");
    }
}
