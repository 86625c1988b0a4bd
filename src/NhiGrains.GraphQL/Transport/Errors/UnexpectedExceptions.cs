using System.Diagnostics;
using System.Security.Cryptography;
using GraphQL.Execution;
using Microsoft.Extensions.Logging;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>
/// What a resolver throws without meaning to is logged under a correlation and answered as INTERNAL: its message may
/// name hosts, keys or rows that the caller must not see.
/// </summary>
internal sealed class UnexpectedExceptions(ILogger<UnexpectedExceptions> logger)
{
    public TransportError Hide(Exception exception)
    {
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
