using System.Globalization;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Iam;
using NhiGrains.Sandbox.Aws.S3;
using NhiGrains.Sandbox.Aws.Signing;
using NhiGrains.Sandbox.Aws.State;
using NhiGrains.Sandbox.Aws.Sts;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Sandbox.Aws;

/// <summary>
/// A fake AWS account: IAM, STS and a little of S3 on one port, told apart by what a request is signed for. Every request has to be signed, and
/// is authorized by the account's own policies.
/// </summary>
public sealed class AwsAccount : ISandboxPlatform
{
    private static readonly Dictionary<string, IService> Services = new(StringComparer.Ordinal)
    {
        ["iam"] = IamService.Service,
        ["sts"] = StsService.Service,
        ["s3"] = new S3Service(),
    };

    private readonly Account _account;

    /// <param name="accountId">12 digits.</param>
    /// <param name="limits">Null: AWS's own.</param>
    public AwsAccount(SandboxSurroundings surroundings, string accountId, string name, AwsLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(surroundings);
        ArgumentNullException.ThrowIfNull(accountId);
        if (accountId.Length != 12 || !accountId.All(char.IsAsciiDigit))
            throw new ArgumentException("An account's id has 12 digits.", nameof(accountId));
        var key = new AccessKey(Ids.AccessKey, Ids.Secret, IsActive: true, surroundings.Clock.GetUtcNow());
        (Name, AccountId, AdminKeyId, AdminSecret) = (name, accountId, key.Id, key.Secret);
        var (arns, tokens) = (new Arns(accountId), new SessionTokens());
        _account = new(arns, limits ?? new(), surroundings.Replicate(Seed.State(arns, key)), tokens, new(arns, tokens), surroundings);
    }

    public string Name { get; }

    public string AccountId { get; }

    /// <summary>The access key of the user <c>admin</c>, who may do everything.</summary>
    public string AdminKeyId { get; }

    public string AdminSecret { get; }

    /// <summary>An empty bucket that is there from now on; nothing when it is there already.</summary>
    public void CreateBucket(string name) => _account.State.Write(state => (
        state.Buckets.ContainsKey(name) ? state : state with { Buckets = state.Buckets.Add(name, Bucket.Empty(name, _account.Now)) }, true));

    /// <summary>What the account's policies say, without a request: for tests that ask thousands of questions.</summary>
    /// <param name="principalArn">Of a user or a role that readers see; anybody else is allowed nothing.</param>
    /// <param name="context">
    /// Condition keys beside those that follow from the principal, the time and the service, or in their place. With
    /// <c>aws:TokenIssueTime</c> a role is asked about in a session.
    /// </param>
    public AwsDecision Evaluate(string principalArn, string action, string resourceArn, IReadOnlyDictionary<string, string>? context = null)
    {
        ArgumentNullException.ThrowIfNull(principalArn);
        ArgumentNullException.ThrowIfNull(action);
        var state = _account.State.Visible;
        var kind = principalArn.Contains(":user/", StringComparison.Ordinal) ? EntityKind.User : EntityKind.Role;
        if (state.Find(kind, principalArn.Split('/')[^1]) is not Principal principal || principal.Arn != principalArn)
            return new(false, false, $"There is no principal {principalArn}.");
        var caller = Caller.Of(state, principal, null, _account.Arns);
        var own = caller.Context(_account.Now);
        own = action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase) ? own.With(S3Keys.ResourceAccount, AccountId) : own;
        var keys = (context ?? new Dictionary<string, string>()).Aggregate(own, (all, one) => all.With(one.Key, one.Value));
        var decision = Evaluator.Decide(caller.Sources, action, resourceArn, keys);
        return new(decision.IsAllowed, decision.Explicitly, decision.IsAllowed ? "" : decision.Explain(principalArn, action, resourceArn));
    }

    /// <summary>
    /// Adds roles that the account trusts, in one write and without requests: for sweeps over tens of thousands. Policies are
    /// read as strictly as any; quotas do not hold here.
    /// </summary>
    public void AddRoles(IEnumerable<AwsRoleSeed> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var added = roles.Select(role => Seed.Role(_account.Arns, role, _account.Now)).ToArray();
        _account.State.Write(state => (added.Aggregate(state, (all, role) => all.With(role)), true));
    }

    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        AuthorizationHeader? header = null;
        var requestId = Ids.Request;
        try
        {
            var request = await SignedRequest.ReadAsync(context);
            header = AuthorizationHeader.Parse(request.Header("Authorization"))
                ?? throw new AwsException(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
            var caller = _account.Authenticator.Authenticate(request, header, _account.State.Visible, _account.Now);
            await WriteAsync(context, ServiceOf(header.Service).Answer(_account, request, caller, requestId), requestId);
        }
        catch (AwsException error)
        {
            await WriteAsync(context, Error(context, header, error, requestId), requestId);
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            // Of the sandbox, and said so: nobody should look for it in what calls.
            await WriteAsync(context, Error(context, header, new(500, "InternalFailure", $"A bug of the sandbox: {bug}"), requestId), requestId);
        }
    }

    public Task AnswerFaultAsync(HttpContext context, SandboxFault fault)
    {
        ArgumentNullException.ThrowIfNull(context);
        var header = AuthorizationHeader.Parse(context.Request.Headers.Authorization);
        var error = fault == SandboxFault.Throttled ? AwsException.Throttled : AwsException.Unavailable;
        var requestId = Ids.Request;
        return WriteAsync(context, Error(context, header, error, requestId), requestId);
    }

    // A request that is not signed is S3's unless it is a form.
    private static Reply Error(HttpContext context, AuthorizationHeader? header, AwsException error, string requestId)
    {
        var service = header?.Service ?? (context.Request.Path == "/" && HttpMethods.IsPost(context.Request.Method) ? "iam" : "s3");
        return (Services.GetValueOrDefault(service) ?? IamService.Service).Error(error, context.Request.Path, requestId);
    }

    private static IService ServiceOf(string name) =>
        Services.GetValueOrDefault(name) ?? throw new AwsException(501, "NotImplemented", $"The sandbox has no service {name}.");

    private async Task WriteAsync(HttpContext context, Reply reply, string requestId)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        context.Response.ContentLength = reply.Body.Length;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        // Clients whose clock differs learn it from here.
        context.Response.Headers.Date = _account.Now.ToString("R", CultureInfo.InvariantCulture);
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }
}
