using NhiGrains.Domain.Policies;

namespace NhiGrains.GraphQL.Policies;

/// <summary>Reads documents into a policy set. The host registers one, since this project does not know the format.</summary>
public interface IPolicyDocuments
{
    /// <summary>Whatever is in them, this answers and does not throw.</summary>
    PolicyDocumentsResult Check(IReadOnlyList<PolicyDocument> documents);
}

/// <param name="Path">What the document is called in problems; nothing is read from it.</param>
public sealed record PolicyDocument(string Path, string Content);

/// <summary>Exactly one of a set, and something that is wrong.</summary>
public sealed record PolicyDocumentsResult(PolicySet? Set, IReadOnlyList<PolicyDocumentProblem> Problems);

/// <param name="Line">From 1; 0 when the document as a whole is to blame.</param>
/// <param name="Column">From 1; 0 as for the line.</param>
public sealed record PolicyDocumentProblem(string Path, int Line, int Column, string Message);
