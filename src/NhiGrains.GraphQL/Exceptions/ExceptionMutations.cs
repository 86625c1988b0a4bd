using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Exceptions;

internal static class ExceptionMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        Add<RequestExceptionInputType, RequestExceptionInput>(
            root, "requestException", "Asks for a departure from rules that permit one. It waits for everybody whom the rules want to agree, and nothing is lifted until then.", Role.Requester,
            (input, _) => new IdentityCommand.RequestException(input.Name, input.Rules, input.Entitlements, TimeSpan.FromSeconds(input.LifetimeSeconds), input.Justification),
            own: input => input.IdentityId);
        Add<ApproveExceptionInputType, ApproveExceptionInput>(
            root, "approveException", "Agrees to exactly the exception that was seen. The terms of its rules are looked up anew at that moment: when the policy is another one, nothing is approved (PLAN_CHANGED) and earlier approvals are void; when a rule permits no exceptions any more, or whoever asked has departed (PERSON_DEPARTED), it is DENIED. The last approval that is needed puts it in force.", Role.Approver,
            (input, _) => new IdentityCommand.ApproveException(input.Name, input.PlanDigest, input.Comment, input.InPlaceOf));
        Add<RejectExceptionInputType, ExceptionInput>(
            root, "rejectException", "Says no to an exception: it is DENIED. Whoever could approve it may.", Role.Approver,
            (input, _) => new IdentityCommand.RejectException(input.Name, input.Comment, input.InPlaceOf), takesAway: _ => true);
        Add<ExceptionCommentInputType, ExceptionInput>(
            root, "withdrawExceptionApproval", "Takes one's own approval back, while the exception still waits for others.", Role.Approver,
            (input, _) => new IdentityCommand.WithdrawExceptionApproval(input.Name, input.Comment), takesAway: _ => true);
        Add<ExceptionCommentInputType, ExceptionInput>(
            root, "endException", "Ends an exception, or the wait for it. Grants whose decision rests on it are revoked. The identity's owner, who asked for it, who approved it, and operators may.", Role.Anyone,
            (input, context) => new IdentityCommand.EndException(input.Name, input.Comment, AsOperator: context.Caller().Has(Role.Operator)),
            own: input => input.IdentityId, takesAway: _ => true);
        Add<ExceptionCommentInputType, ExceptionInput>(
            root, "reviewException", "Says that one has looked at an exception that is in force, and whether it is still needed: members of the groups that had to agree, but not who asked for it.", Role.Approver,
            (input, _) => new IdentityCommand.ReviewException(input.Name, input.Comment));
    }

    private static void Add<TInputType, TInput>(
        ObjectGraphType root, string name, string description, Role roles, Func<TInput, IResolveFieldContext, IdentityCommand> command, Func<TInput, string>? own = null,
        Func<TInput, bool>? takesAway = null)
        where TInputType : IGraphType
        where TInput : class, IExceptionInput => root.Mutation<TInputType, TInput, PolicyExceptionSuccessType>(name, description, roles, async (input, key, context) =>
        {
            var answer = await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, command(input, context));
            return (object?)answer.Refusal ?? new PolicyExceptionSuccess(ExceptionNode.Find(IdentityCommands.ViewOf(answer), input.Name), IdentityCommands.ViewOf(answer));
        }, own, takesAway);
}

/// <param name="Exception">Null when a repeated call is answered after it has become history.</param>
internal sealed record PolicyExceptionSuccess(ExceptionNode? Exception, IdentityView Identity);

internal sealed class PolicyExceptionSuccessType : Described<PolicyExceptionSuccess>
{
    public PolicyExceptionSuccessType()
        : base("PolicyExceptionSuccess", "The change is durable.")
    {
        Show("exception", Of.Maybe<PolicyExceptionType>(), "The exception after the change; null when a repeated call is answered after it has become history.", success => success.Exception);
        Show("identity", Of.One<IdentityType>(), "Whose it is.", success => success.Identity);
    }
}
