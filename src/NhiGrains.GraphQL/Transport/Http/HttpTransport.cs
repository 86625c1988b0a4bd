using GraphQL;
using GraphQLParser.AST;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using NhiGrains.GraphQL.Transport.Documents;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Http;

/// <summary>GraphQL over HTTP: one request, one operation, one answer.</summary>
internal sealed class HttpTransport(OperationRunner runner, IGraphQLSerializer serializer, IOptions<GraphQLTransportOptions> options)
{
    private readonly GraphQLTransportOptions _options = options.Value;

    public async Task HandleAsync(HttpContext context)
    {
        var mediaType = MediaTypes.Negotiate(context.Request);
        var result = mediaType is null ? Refusals.NotAcceptable().AsResult() : await AnswerAsync(context);
        await WriteAsync(context, result, mediaType ?? MediaTypes.Json);
    }

    /// <summary>Answers a request that is refused before it becomes something else, such as a socket.</summary>
    public Task RefuseAsync(HttpContext context, TransportError error) => WriteAsync(context, error.AsResult(), MediaTypes.Json);

    private async Task<ExecutionResult> AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var isGet = HttpMethods.IsGet(request.Method);
        if (!isGet && !HttpMethods.IsPost(request.Method))
            return Refusals.MethodNotAllowed().AsResult();
        if (isGet && Origins.NeedsPreflight(request, _options))
            return Refusals.PreflightRequired().AsResult();
        if (_options.RequireAuthenticatedUser && context.User.Identity is not { IsAuthenticated: true })
            return Refusals.Unauthenticated().AsResult();

        var (operation, error) = isGet
            ? RequestReader.FromQuery(request.Query, serializer)
            : await RequestReader.FromBodyAsync(request, _options.MaxBodyBytes, serializer, context.RequestAborted);
        return operation is null
            ? (error ?? Refusals.BadRequest("There is no operation.", "Send one.")).AsResult()
            : await runner.RunAsync(operation, context.User, context.RequestServices, kind => Refuse(kind, isGet), context.RequestAborted);
    }

    private static TransportError? Refuse(OperationType kind, bool isGet) => kind switch
    {
        OperationType.Subscription => Refusals.SubscriptionByHttp(),
        OperationType.Mutation when isGet => Refusals.MutationByGet(),
        _ => null,
    };

    private async Task WriteAsync(HttpContext context, ExecutionResult result, string mediaType)
    {
        var response = context.Response;
        response.StatusCode = StatusOf(result, mediaType);
        response.ContentType = $"{mediaType}; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (response.StatusCode == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            response.Headers.Allow = HttpMethods.IsGet(context.Request.Method) ? "POST" : "GET, POST";
        await serializer.WriteAsync(response.Body, result, context.RequestAborted);
    }

    // Under application/json a refused document is a well-formed answer (200); a refused request is not.
    private static int StatusOf(ExecutionResult result, string mediaType)
    {
        if (result.Executed)
            return StatusCodes.Status200OK;
        var status = result.Errors?.OfType<TransportError>().Select(error => error.HttpStatus).FirstOrDefault(s => s is not null);
        return status ?? (mediaType == MediaTypes.GraphQL ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }
}
