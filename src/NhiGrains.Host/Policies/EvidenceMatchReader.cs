using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>Which evidence a rule wants.</summary>
internal sealed class EvidenceMatchReader(PolicyProblems problems)
{
    public IReadOnlyList<EvidenceMatch>? Read(MapReader reader, string key)
    {
        if (reader.List(key) is not { } list)
            return null;
        if (list.Items.Count == 0)
            problems.Add(list.At, $"'{key}' is an empty list; name at least one, or leave the key out.");
        return [.. list.Items.Select(Read).OfType<EvidenceMatch>()];
    }

    private EvidenceMatch? Read(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"Evidence is a map with the key kind, but this is {node.Is}.");
            return null;
        }

        var reader = new MapReader(map, "Evidence", problems);
        var kind = reader.Choice<EvidenceKind>("kind");
        var match = new EvidenceMatch(kind ?? default, reader.Words("trusts"), reader.Text("subject"), reader.TextMap("claims", "claim"));
        reader.Finish();
        return kind is null ? null : match;
    }
}
