using GraphQL;
using GraphQL.DI;

namespace NhiGrains.GraphQL.Transport.Documents;

/// <summary>Execution of a document that came through the gate.</summary>
internal sealed class AdmittedExecution : ExecutionOptions
{
    public required AdmittedDocument Admitted { get; init; }

    public required string Text { get; init; }
}

/// <summary>
/// Leaves out the validation of documents that passed it before. Rules that depend on the caller must be added with
/// <c>useForCachedDocuments: true</c>; those still run.
/// </summary>
internal sealed class SkipRepeatedValidation(DocumentGate gate) : IConfigureExecution
{
    // After everything that adds rules (100), as graphql-dotnet's own document cache does.
    public float SortOrder => 200;

    public async Task<ExecutionResult> ExecuteAsync(ExecutionOptions options, ExecutionDelegate next)
    {
        if (options is not AdmittedExecution execution)
            return await next(options);

        var known = execution.Admitted.Validated;
        if (known)
            options.ValidationRules = options.CachedDocumentValidationRules ?? [];
        var result = await next(options);
        if (!known && result.Executed && options.Schema is { } schema)
            gate.Remember(schema, execution.Text, execution.Admitted);
        return result;
    }
}
