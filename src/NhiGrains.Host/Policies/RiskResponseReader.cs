using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What is done at once about a risk signal.</summary>
internal sealed class RiskResponseReader(PolicyProblems problems)
{
    public RiskResponse? Read(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"A risk response is a map with the keys atLeast and action, but this is {node.Is}.");
            return null;
        }

        var reader = new MapReader(map, "A risk response", problems);
        var severity = reader.Choice<RiskSeverity>("atLeast");
        var response = new RiskResponse(
            severity ?? default,
            reader.Words("types"),
            reader.Choices<IdentityKind>("kinds"),
            TextChecks.Each(reader.Texts("environments"), new TextChecks(problems).Environment),
            reader.Choice<RiskAction>("action") ?? default);
        reader.Finish();
        return severity is null ? null : response;
    }
}
