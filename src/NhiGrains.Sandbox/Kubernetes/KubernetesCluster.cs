using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Faults;
using NhiGrains.Sandbox.Kubernetes.Access;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.Objects;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes;

/// <summary>
/// A fake cluster: namespaces, service accounts with tokens, secrets, config maps and RBAC, with lists in pages, watches,
/// preconditions and an authorizer of its own. No controller and no kubelet runs in it.
/// </summary>
public sealed class KubernetesCluster : ISandboxPlatform
{
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly Replicated<ClusterState> _state;
    private readonly AccountTokens _tokens;
    private readonly ObjectReads _reads;
    private readonly ObjectWrites _writes;
    private readonly ObjectWatches _watches;

    /// <param name="name">For example <c>k8s:staging</c>.</param>
    public KubernetesCluster(SandboxSurroundings surroundings, string name)
    {
        Name = name;
        _state = surroundings.Replicate(ClusterState.Empty);
        _tokens = new(surroundings.Clock, () => _state.Visible);
        (_reads, _writes) = (new(_state, surroundings.Clock, surroundings.Faults), new(_state, surroundings.Clock));
        _watches = new(_state, surroundings.Clock);
        Bootstrap.Fill(_writes);
    }

    public string Name { get; }

    /// <summary>A bearer token of <c>system:masters</c>.</summary>
    public string AdministratorToken => _tokens.Administrator;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (StatusError refused)
        {
            await SendAsync(context, refused.Code, refused.ToJson());
        }
        catch (Exception failed) when (failed is not OperationCanceledException && !context.Response.HasStarted)
        {
            // A defect of the sandbox: whoever runs into it is to see which.
            var defect = new StatusError(500, "InternalError", $"The sandbox failed: {failed.GetType().Name}: {failed.Message}");
            await SendAsync(context, 500, defect.ToJson());
        }
    }

    public Task AnswerFaultAsync(HttpContext context, SandboxFault fault)
    {
        if (fault != SandboxFault.Throttled)
            return SendAsync(context, 500, new StatusError(500, "InternalError", "Internal error occurred: etcdserver: request timed out").ToJson());
        context.Response.Headers.RetryAfter = "1";
        return SendAsync(context, 429, new StatusError(429, "TooManyRequests", "Too many requests, please try again later.").ToJson());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var user = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? _tokens.Read(header["Bearer ".Length..].Trim())
            : throw StatusError.Unauthorized();
        if (ResourcePath.Of(context) is not { } path)
        {
            await SendAsync(context, 200, OtherPaths.Answer(context.Request.Path, context.Request.Method, user, _state.Visible));
            return;
        }

        var body = await ReadAsync(context);
        var request = new KubeRequest(context.Request.Method, path, context.Request.Query, user, body, context.Request.ContentType ?? "");
        Demand(request);
        if (path is { Group: AccessReviews.Group, Plural: "subjectaccessreviews" or "selfsubjectaccessreviews" } && request.Verb == "create")
        {
            await SendAsync(context, 201, AccessReviews.Answer(_state.Visible, request));
            return;
        }

        var kind = ObjectKind.All.FirstOrDefault(kind => kind.Group == path.Group && kind.Plural == path.Plural) ?? throw StatusError.NoSuchPath();
        CheckPlace(kind, request);
        if (request.Verb == "watch")
            await _watches.WatchAsync(kind, request, context);
        else
            await SendAsync(context, request.Verb == "create" ? 201 : 200, Answer(kind, request));
    }

    private JsonObject Answer(ObjectKind kind, KubeRequest request) => (request.Verb, request.Path.Subresource) switch
    {
        ("create", "token") when kind == ObjectKind.ServiceAccount => _tokens.Issue(request),
        ("create", "") when request.Path.Name.Length == 0 => _writes.Create(kind, request),
        ("get", "") => _reads.Get(kind, request.Path),
        ("list", "") => _reads.List(kind, request),
        ("update", "") => _writes.Update(kind, request),
        ("patch", "") => _writes.Patch(kind, request),
        ("delete", "") => _writes.Delete(kind, request),
        _ => throw StatusError.NotAllowed(),
    };

    private static void CheckPlace(ObjectKind kind, KubeRequest request)
    {
        var path = request.Path;
        var isEverywhere = kind.Namespaced && path.Namespace.Length == 0;
        if (path.Version != "v1" || (!kind.Namespaced && path.Namespace.Length > 0) || (isEverywhere && path.Name.Length > 0)
            || (path.Subresource.Length > 0 && (kind != ObjectKind.ServiceAccount || path.Subresource != "token")))
            throw StatusError.NoSuchPath();
        if (isEverywhere && request.Verb is not ("list" or "watch"))
            throw StatusError.NotAllowed();
    }

    private void Demand(KubeRequest request)
    {
        var asked = request.Question;
        if (RbacAuthorizer.Allows(_state.Visible, request.User, asked))
            return;
        var full = asked.Group.Length == 0 ? asked.Resource : $"{asked.Resource}.{asked.Group}";
        var what = asked.Subresource.Length == 0 ? asked.Resource : $"{asked.Resource}/{asked.Subresource}";
        throw new StatusError(
            403,
            "Forbidden",
            $"{full}{(asked.Name.Length == 0 ? "" : $" \"{asked.Name}\"")} is forbidden: User \"{request.User.Name}\" cannot {asked.Verb} resource \"{what}\" "
            + $"in API group \"{asked.Group}\" {(asked.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{asked.Namespace}\"")}");
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        using var read = new MemoryStream();
        var part = new byte[16 * 1024];
        for (int count; (count = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0;)
        {
            if (read.Length + count > MostBytes)
                throw new StatusError(413, "RequestEntityTooLarge", "the request is too large");
            read.Write(part, 0, count);
        }

        if (read.Length == 0 && context.Request.Method is ("POST" or "PUT" or "PATCH"))
            throw StatusError.BadRequest("the request must have a body");
        return read.Length == 0 ? [] : Json.Parse(read.GetBuffer().AsSpan(0, (int)read.Length));
    }

    private static async Task SendAsync(HttpContext context, int code, JsonObject json)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json.ToJsonString(), context.RequestAborted);
    }
}
