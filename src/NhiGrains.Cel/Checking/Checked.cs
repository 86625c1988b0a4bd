using NhiGrains.Cel.Syntax;

namespace NhiGrains.Cel.Checking;

/// <summary>What the checker found: the type of each node, the overloads a call can come to, and what is wrong.</summary>
internal sealed class Checked
{
    public Dictionary<Expr, CelType> Types { get; } = new(ReferenceEqualityComparer.Instance);

    public Dictionary<Expr, string[]> Overloads { get; } = new(ReferenceEqualityComparer.Instance);

    public Dictionary<Expr, string> Attributes { get; } = new(ReferenceEqualityComparer.Instance);

    public List<(CelIssueKind Kind, Expr Where, string Message)> Problems { get; } = [];
}
