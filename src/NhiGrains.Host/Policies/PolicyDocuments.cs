using System.Text;
using NhiGrains.GraphQL.Policies;

namespace NhiGrains.Host.Policies;

/// <summary>The documents of a mutation, read as the policy file is. Their paths are names only.</summary>
internal sealed class PolicyDocuments : IPolicyDocuments
{
    public PolicyDocumentsResult Check(IReadOnlyList<PolicyDocument> documents)
    {
        if (documents is not [var document])
            return new(null, [.. documents.Skip(1).Select(other => new PolicyDocumentProblem(other.Path, 0, 0, "A policy set is one document."))]);
        var result = PolicyFile.Parse(document.Path, Encoding.UTF8.GetBytes(document.Content));
        return new(result.Set, [.. result.Problems.Select(problem => new PolicyDocumentProblem(problem.File, problem.Line, problem.Column, problem.Message))]);
    }
}
