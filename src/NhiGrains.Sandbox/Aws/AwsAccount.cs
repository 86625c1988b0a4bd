using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Iam;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.Signing;
using NhiGrains.Sandbox.Aws.State;
using NhiGrains.Sandbox.Aws.Sts;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Sandbox.Aws;

/// <summary>
/// A fake AWS account: IAM and STS on one port, told apart by what a request is signed for. Every request has to be signed, and
/// is authorized by the account's own policies.
/// </summary>
public sealed class AwsAccount : ISandboxPlatform
{
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

    /// <summary>What the account's policies say, without a request: for tests that ask thousands of questions.</summary>
    /// <param name="principalArn">Of a user or a role that readers see; anybody else is allowed nothing.</param>
    /// <param name="context">
    /// Condition keys beside those that follow from the principal and the time, or in their place. With
    /// <c>aws:TokenIssueTime</c> a role is asked about in a session.
    /// </param>
    public AwsDecision Evaluate(string principalArn, string action, string resourceArn, IReadOnlyDictionary<string, string>? context = null)
    {
        ArgumentNullException.ThrowIfNull(principalArn);
        var state = _account.State.Visible;
        var kind = principalArn.Contains(":user/", StringComparison.Ordinal) ? EntityKind.User : EntityKind.Role;
        if (state.Find(kind, principalArn.Split('/')[^1]) is not Principal principal || principal.Arn != principalArn)
            return new(false, false, $"There is no principal {principalArn}.");
        var caller = Caller.Of(state, principal, null, _account.Arns);
        var keys = (context ?? new Dictionary<string, string>()).Aggregate(caller.Context(_account.Now), (all, one) => all.With(one.Key, one.Value));
        var decision = Evaluator.Decide(caller.Sources, action, resourceArn, keys);
        return new(decision.IsAllowed, decision.Explicitly, decision.IsAllowed ? "" : decision.Explain(principalArn, action, resourceArn));
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
            await WriteAsync(context, 200, ServiceOf(header).Answer(_account, request, caller, requestId), requestId);
        }
        catch (AwsException error)
        {
            await WriteAsync(context, error.Status, ServiceOf(header).Error(error, requestId), requestId);
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            // Of the sandbox, and said so: nobody should look for it in what calls.
            await WriteAsync(context, 500, ServiceOf(header).Error(new(500, "InternalFailure", $"A bug of the sandbox: {bug}"), requestId), requestId);
        }
    }

    public Task AnswerFaultAsync(HttpContext context, SandboxFault fault)
    {
        ArgumentNullException.ThrowIfNull(context);
        var header = AuthorizationHeader.Parse(context.Request.Headers.Authorization);
        var error = fault == SandboxFault.Throttled ? AwsException.Throttled : AwsException.Unavailable;
        var requestId = Ids.Request;
        return WriteAsync(context, error.Status, ServiceOf(header).Error(error, requestId), requestId);
    }

    private static QueryService ServiceOf(AuthorizationHeader? header) => header?.Service == "sts" ? StsService.Service : IamService.Service;

    private async Task WriteAsync(HttpContext context, int status, XElement answer, string requestId)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml";
        // Clients whose clock differs learn it from here.
        context.Response.Headers.Date = _account.Now.ToString("R", CultureInfo.InvariantCulture);
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        await context.Response.WriteAsync(answer.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }
}
