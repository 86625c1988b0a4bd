namespace NhiGrains.Cel.Syntax;

/// <summary>Ends the reading of an expression at its first mistake; never leaves this assembly.</summary>
internal sealed class SyntaxFailure(CelIssueKind kind, int position, string message) : Exception(message)
{
    public CelIssueKind Kind => kind;

    public int Position => position;
}
