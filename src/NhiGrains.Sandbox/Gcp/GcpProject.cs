using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Faults;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Apis;
using NhiGrains.Sandbox.Gcp.Discovery;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp;

/// <summary>
/// A fake Google Cloud project. One port serves IAM v1, Resource Manager v3, IAM Credentials v1, Policy Troubleshooter v1 and v3,
/// Cloud Storage v1, Pub/Sub v1, Secret Manager v1, Cloud Run v1 and v2, and the token endpoint (<c>/token</c>).
/// </summary>
public sealed class GcpProject : ISandboxPlatform
{
    internal const string AdministratorEmail = "admin@sandbox.example.com";

    private readonly Workings _workings;
    private readonly Routes _routes = new();
    private readonly DiscoveryDocuments? _documents;

    /// <param name="name">For example <c>gcp:shop</c>.</param>
    /// <param name="projectId">For example <c>shop-prod</c>; the service accounts' emails end with it.</param>
    /// <param name="projectNumber">The number that Google gives a project beside its id.</param>
    /// <param name="documents">Each request and each answer is held to them. Null: only to the sandbox's own rules.</param>
    /// <param name="quotas">Null: Google's for a new project.</param>
    public GcpProject(
        SandboxSurroundings surroundings,
        string name,
        string projectId,
        long projectNumber,
        DiscoveryDocuments? documents = null,
        GcpQuotas? quotas = null)
    {
        Name = name;
        _documents = documents;
        var state = surroundings.Replicate(Fresh(projectId, projectNumber));
        var tokens = new AccessTokens(surroundings.Clock, () => state.Visible);
        _workings = new(projectId, projectNumber, surroundings.Clock, surroundings.Faults, quotas ?? new(), state, tokens);
        GcpApis.AddTo(_routes, _workings);
    }

    public string Name { get; }

    /// <summary>A bearer token that may do everything and never ends.</summary>
    public string AdministratorToken => _workings.Tokens.Administrator;

    /// <summary>A bearer token of somebody who has what the policies give, and nothing else.</summary>
    /// <param name="email">Of a person; the token is for <c>user:EMAIL</c>.</param>
    /// <param name="lifetime">By the sandbox's clock.</param>
    public string TokenFor(string email, TimeSpan lifetime) => _workings.Tokens.Issue($"user:{email}", _workings.Now + lifetime);

    public async Task HandleAsync(HttpContext context)
    {
        var segments = RequestReading.Segments(context);
        try
        {
            await SendAsync(context, await AnswerAsync(context, segments));
        }
        catch (GoogleError refused)
        {
            await SendAsync(context, refused, IsStorage(segments));
        }
        catch (Exception failed) when (failed is not OperationCanceledException && !context.Response.HasStarted)
        {
            // A defect of the sandbox: whoever runs into it is to see which.
            await SendAsync(context, new(500, "INTERNAL", $"The sandbox failed: {failed.GetType().Name}: {failed.Message}"), IsStorage(segments));
        }
    }

    public Task AnswerFaultAsync(HttpContext context, SandboxFault fault)
    {
        var storage = IsStorage(RequestReading.Segments(context));
        return fault == SandboxFault.Throttled
            ? SendAsync(context, GoogleError.Exhausted("Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."), storage)
            : SendAsync(context, new(503, "UNAVAILABLE", "The service is currently unavailable."), storage);
    }

    private async Task<Answer> AnswerAsync(HttpContext context, string[] segments)
    {
        var request = context.Request;
        var (handler, path) = _routes.Find(request.Method, segments);
        var raw = await RequestReading.ReadAsync(context);
        var type = request.ContentType ?? "";
        var isJson = !UploadsApi.IsContent(request.Query)
            && (type.Length == 0 || type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase));
        var call = new Call(
            request.Method,
            path,
            request.Query,
            isJson ? Body.Parse(raw) : [],
            raw,
            type,
            $"{request.Scheme}://{request.Host}",
            ReadCaller(request, segments))
        {
            ContentRange = request.Headers.ContentRange.ToString(),
        };
        if (_documents is null || OwnRoutes.Has(segments, request.Query))
            return handler(call);
        var method = Described(call, segments);
        var answer = handler(call);
        if (answer.Bytes is null)
            method.CheckAnswer(answer.Json);
        return answer;
    }

    /// <summary>The method that takes the request as it is; where two APIs share a path, either may.</summary>
    private DiscoveryMethod Described(Call call, string[] segments)
    {
        GoogleError? refused = null;
        foreach (var method in _documents?.Find(call.Method, segments) ?? [])
        {
            try
            {
                method.CheckRequest(call);
                return method;
            }
            catch (GoogleError wrong)
            {
                refused ??= wrong;
            }
        }

        throw refused ?? GoogleError.NotFound("Method not found.");
    }

    private Principal ReadCaller(HttpRequest request, string[] segments)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return _workings.Tokens.Read(header["Bearer ".Length..].Trim());
        return IsStorage(segments) || OwnRoutes.IsTokenEndpoint(segments)
            ? Principal.Anybody
            : throw GoogleError.Unauthenticated("Request is missing required authentication credential.", "CREDENTIALS_MISSING");
    }

    /// <summary>Whoever made the project owns it: a policy that is overwritten blindly loses him.</summary>
    private static ProjectState Fresh(string projectId, long projectNumber)
    {
        var owner = new Binding("roles/owner", Condition: null, [$"user:{AdministratorEmail}"]);
        var policy = new Policy([owner], PolicyWriting.Etag(0));
        var project = new Targets(projectId, projectNumber).Project.FullName;
        return ProjectState.Empty with { Policies = ProjectState.Empty.Policies.Add(project, policy) };
    }

    private static bool IsStorage(string[] segments) => segments is ["storage", ..] or ["upload", "storage", ..];

    private static async Task SendAsync(HttpContext context, GoogleError refused, bool storage)
    {
        if (refused.Code == StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = "1";
        await SendAsync(context, new Answer(refused.ToJson(storage), Code: refused.Code));
    }

    private static async Task SendAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Code;
        if (answer.Location is { } location)
            context.Response.Headers.Location = location;
        if (answer.Bytes is null && answer.Json is null)
            return;
        context.Response.ContentType = answer.ContentType;
        if (answer.Bytes is { } bytes)
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        else
            await context.Response.WriteAsync(answer.Json?.ToJsonString() ?? "", context.RequestAborted);
    }
}
