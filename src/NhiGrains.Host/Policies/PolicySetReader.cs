using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>A policy set from a tree: the outermost map and its rules.</summary>
internal sealed class PolicySetReader(PolicyProblems problems)
{
    public const string FormatVersion = "1";
    public const int MaxRules = 1_000;

    private const int MaxNameLength = 100;

    private readonly PolicyRuleReader _rules = new(problems);

    /// <summary>Null when something is wrong; then there is at least one problem.</summary>
    public PolicySet? Read(YamlNode root)
    {
        if (root is not YamlMap map)
        {
            problems.Add(root.At, $"A policy file is a map with the keys format, name and rules, but this is {root.Is}.");
            return null;
        }

        var reader = new MapReader(map, "A policy file", problems);
        if (reader.RequiredText("format") is { } format && format != FormatVersion)
            problems.Add(reader.At("format"), $"This reads format {FormatVersion}, not '{format}'.");
        var name = reader.RequiredText("name");
        CheckName(name, reader.At("name"));
        var rules = ReadRules(reader);
        var administrators = PolicyAdministratorsReader.Read(reader, problems);
        reader.Finish();
        return problems.Count == 0 && name is not null ? new PolicySet(name, rules) { Administrators = administrators } : null;
    }

    private List<PolicyRule> ReadRules(MapReader reader)
    {
        if (!reader.Has("rules"))
            reader.Missing("rules");
        var list = reader.List("rules");
        var rules = new List<PolicyRule>();
        var names = new Dictionary<string, Position>(StringComparer.Ordinal);
        if (list?.Items.Count > MaxRules)
            problems.Add(list.At, $"A policy set has at most {MaxRules} rules, and this one has {list.Items.Count}.");
        foreach (var item in (list?.Items ?? []).Take(MaxRules))
        {
            if (_rules.Read(item) is not (var rule, var nameAt))
                continue;
            CheckName(rule.Name, nameAt);
            if (names.TryAdd(rule.Name, nameAt))
                rules.Add(rule);
            else
                problems.Add(nameAt, $"A rule named '{rule.Name}' is in line {names[rule.Name].Line} already; every rule has a name of its own.");
        }

        return rules;
    }

    // Names are shown to people, in logs and in audit entries.
    private void CheckName(string? name, Position at)
    {
        if (name is not null && (name.Length > MaxNameLength || name.Any(char.IsControl)))
            problems.Add(at, $"A name is one line of at most {MaxNameLength} characters.");
    }
}
