using System.Text;
using NhiGrains.GraphQL.Policies;

namespace NhiGrains.Host.Policies;

/// <summary>The documents of a mutation, read as policy files are. Their paths are names only.</summary>
internal sealed class PolicyDocuments : IPolicyDocuments
{
    public PolicyDocumentsResult Check(IReadOnlyList<PolicyDocument> documents)
    {
        if (documents.Count is 0 or > PolicySource.MaxFiles)
            return new(null, [new("", 0, 0, $"A policy set is 1 to {PolicySource.MaxFiles} documents.")]);
        var result = PolicyFile.Parse([.. documents.Select(document => new PolicySourceFile(document.Path, Encoding.UTF8.GetBytes(document.Content)))]);
        return new(result.Set, [.. result.Problems.Select(problem => new PolicyDocumentProblem(problem.File, problem.Line, problem.Column, problem.Message))]);
    }
}
