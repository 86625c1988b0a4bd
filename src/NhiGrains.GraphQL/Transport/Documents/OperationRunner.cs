using System.Security.Claims;
using GraphQL;
using GraphQL.Types;
using GraphQLParser.AST;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Documents;

/// <summary>One operation as a client sent it, over whichever transport.</summary>
internal sealed record Operation(string Query, string? Name, Inputs? Variables, Inputs? Extensions);

/// <summary>The one way in which documents are executed, by HTTP and by socket alike.</summary>
internal sealed class OperationRunner(
    IDocumentExecuter executer, DocumentGate gate, UnexpectedExceptions unexpected, IOptions<GraphQLTransportOptions> options)
{
    /// <summary>
    /// Answers with a result whatever happens, unless the caller has gone. Judges the kind of the operation before
    /// anything of it runs.
    /// </summary>
    public async Task<ExecutionResult> RunAsync(
        Operation operation,
        ClaimsPrincipal user,
        IServiceProvider services,
        Func<OperationType, TransportError?> refuse,
        CancellationToken cancellation)
    {
        try
        {
            var schema = services.GetRequiredService<ISchema>();
            var (admitted, error) = gate.Admit(schema, operation.Query);
            if (admitted is null)
                return (error ?? Refusals.BadRequest("There is no document.", "Send one as 'query'.")).AsResult();
            var kind = admitted.KindOf(operation.Name);
            if (kind is { } known && refuse(known) is { } refusal)
                return refusal.AsResult();
            return await executer.ExecuteAsync(new AdmittedExecution
            {
                Admitted = admitted,
                Text = operation.Query,
                Document = admitted.Document,
                Schema = schema,
                OperationName = operation.Name,
                Variables = operation.Variables,
                Extensions = operation.Extensions,
                User = user,
                RequestServices = services,
                Timeout = kind == OperationType.Subscription ? Timeout.InfiniteTimeSpan : options.Value.ExecutionTimeout,
                UnhandledExceptionDelegate = unexpected.HideAsync,
                CancellationToken = cancellation,
            });
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return unexpected.Hide(exception).AsResult();
        }
    }
}
