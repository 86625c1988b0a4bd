using System.Diagnostics;
using System.Security.Cryptography;
using GraphQL.Execution;
using Microsoft.Extensions.Logging;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>
/// What a resolver throws without meaning to is logged under a correlation and answered as INTERNAL: its message may
/// name hosts, keys or rows that the caller must not see. What the host can explain is answered in its words.
/// </summary>
/// <param name="store">Null when the transport serves a schema without a store.</param>
internal sealed class UnexpectedExceptions(ILogger<UnexpectedExceptions> logger, IStoreCondition? store = null)
{
    public TransportError Hide(Exception exception)
    {
        if (store?.Explain(exception) is { } refusal)
        {
            logger.LogWarning(exception, "The store could not answer GraphQL: {Code}", refusal.Code);
            return new(refusal.Code, refusal.Message, refusal.Remedy);
        }

        var correlation = Activity.Current?.TraceId.ToHexString() ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        logger.LogError(exception, "Unexpected exception while answering GraphQL, correlation {Correlation}", correlation);
        return Refusals.Internal(correlation);
    }

    public Task HideAsync(UnhandledExceptionContext context)
    {
        context.Exception = Hide(context.OriginalException);
        return Task.CompletedTask;
    }
}
