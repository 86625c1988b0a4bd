using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Sts;

/// <summary>
/// Whether somebody may become a role: a resource-based policy of the same account. It has to allow in any case. Where it names
/// the user or the session itself that is enough; where it names a role, that role's boundary and session policy still count;
/// where it names the account, the identity's own policies have to allow as well.
/// </summary>
internal static class Trust
{
    private const string Action = "sts:AssumeRole";

    private enum Named
    {
        Nobody,
        Account,
        Role,
        Directly,
    }

    /// <returns>The role.</returns>
    /// <exception cref="AwsException"><c>AccessDenied</c>, which is also the answer for a role that does not exist.</exception>
    public static Role Authorize(Call call, string arn, string sessionName)
    {
        var role = call.Visible.Find(EntityKind.Role, arn.Split('/')[^1]) as Role;
        var context = Contexts.Of(call)
            .With("sts:RoleSessionName", sessionName)
            .With("sts:ExternalId", call.Parameters.Optional("ExternalId"));
        if (role is not null)
            context = context.With(role.Tags, "aws:ResourceTag/").With(role.Tags, "iam:ResourceTag/");
        var decision = role?.Arn == arn ? Decide(call.Caller, role, context) : Decision.NotAllowed(PolicyKind.Identity);
        return role is not null && decision.IsAllowed ? role : throw AwsException.AccessDenied(decision.Explain(call.Caller.Arn, Action, arn));
    }

    private static Decision Decide(Caller caller, Role role, RequestContext context)
    {
        var policy = new NamedPolicy("trust", role.Trust.Document);
        var applying = role.Trust.Document.Statements.Where(statement => statement.Applies(role.Trust.Document.HasVariables, Action, role.Arn, context)).ToArray();
        if (applying.Any(statement => !statement.Allows && Names(statement, role.Trust, caller) != Named.Nobody))
            return Decision.Deny(PolicyKind.Resource, []);
        var own = Evaluator.Decide(caller.Sources, Action, role.Arn, context);
        if (own.Explicitly)
            return own;
        var allowing = applying.Where(statement => statement.Allows).Select(statement => (Statement: statement, Named: Names(statement, role.Trust, caller))).Where(one => one.Named != Named.Nobody).ToArray();
        if (allowing.Length == 0)
            return Decision.NotAllowed(PolicyKind.Resource);
        var best = allowing.MaxBy(one => one.Named);
        return best.Named switch
        {
            Named.Directly => Decision.Allow([new(policy, best.Statement)]),
            // The role is allowed as if by its own policies, and so as far as what limits those.
            Named.Role => Evaluator.Decide(caller.Sources with { Identity = [.. caller.Sources.Identity, Granted] }, Action, role.Arn, context),
            _ => own,
        };
    }

    private static NamedPolicy Granted { get; } = new(
        "trust", PolicyReader.Identity("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}"""));

    private static Named Names(Statement statement, TrustPolicy trust, Caller caller)
    {
        if (statement.Principals is not { } principals)
            return Named.Nobody;
        var named = principals.Aws.Select(one => Names(one, trust, caller)).DefaultIfEmpty(Named.Nobody).Max();
        if (!principals.Except)
            return named;
        return named == Named.Nobody ? Named.Directly : Named.Nobody;
    }

    private static Named Names(string principal, TrustPolicy trust, Caller caller)
    {
        var account = caller.Principal.Arn.Split(':')[4];
        if (principal == account || principal == $"arn:aws:iam::{account}:root")
            return Named.Account;
        if (principal == "*")
            return Named.Directly;
        // By the id that it had when the policy was written, or by an id that the policy itself says.
        var isSame = principal == caller.Principal.Id || (trust.Ids.TryGetValue(principal, out var id) && id == caller.Principal.Id);
        if (!isSame)
            return Named.Nobody;
        if (caller.Session is null || principal == caller.Arn)
            return Named.Directly;
        return principal.StartsWith("arn:aws:sts:", StringComparison.Ordinal) ? Named.Nobody : Named.Role;
    }
}
