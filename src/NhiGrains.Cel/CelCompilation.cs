using System.Diagnostics.CodeAnalysis;

namespace NhiGrains.Cel;

/// <summary>A program, or what keeps the expression from being one; never both, never neither.</summary>
public sealed record CelCompilation
{
    internal CelCompilation(CelProgram program) => Program = program;

    internal CelCompilation(IReadOnlyList<CelIssue> issues) => Issues = issues;

    public CelProgram? Program { get; }

    /// <summary>In the order of the text; a mistake of syntax is always the only one.</summary>
    public IReadOnlyList<CelIssue> Issues { get; } = [];

    [MemberNotNullWhen(true, nameof(Program))]
    public bool IsOk => Program is not null;
}
