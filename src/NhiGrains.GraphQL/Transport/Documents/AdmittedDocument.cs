using GraphQLParser.AST;

namespace NhiGrains.GraphQL.Transport.Documents;

/// <summary>A parsed document within the limits; shared by all requests with the same text.</summary>
internal sealed class AdmittedDocument(GraphQLDocument document)
{
    private volatile bool _validated;

    public GraphQLDocument Document { get; } = document;

    /// <summary>The schema's rules passed once, so they need not run again.</summary>
    public bool Validated => _validated;

    public void MarkValidated() => _validated = true;

    /// <summary>The operation meant, or null when the name fits none or does not decide; execution then says so.</summary>
    public OperationType? KindOf(string? operationName)
    {
        var operations = Document.Definitions.OfType<GraphQLOperationDefinition>();
        var meant = string.IsNullOrEmpty(operationName)
            ? operations.Take(2).ToList()
            : operations.Where(o => o.Name is { } name && name.StringValue == operationName).Take(2).ToList();
        return meant.Count == 1 ? meant[0].Operation : null;
    }
}
