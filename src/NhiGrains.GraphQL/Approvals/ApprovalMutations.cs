using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Roots;

namespace NhiGrains.GraphQL.Approvals;

internal static class ApprovalMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        Add<ApproveRequestInputType, ApproveInput>(
            root, "approveRequest", "Agrees to exactly the plan that was seen. It is decided anew at that moment: what policy denies by now is DENIED, and a plan that has changed is not approved (PLAN_CHANGED) and loses its earlier approvals. The last approval that is needed makes the grant ACTIVE. Being in one of the groups decides who may; whoever asked, and agents, never.",
            input => new IdentityCommand.ApproveGrant(input.GrantId, input.PlanDigest, input.Comment, input.InPlaceOf, input.NarrowTo), input => input.GrantId);
        Add<RejectRequestInputType, RejectInput>(
            root, "rejectRequest", "Says no to a request: it is DENIED. Whoever could approve it may. Whoever asked takes a request back with 'revokeGrant'.",
            input => new IdentityCommand.RejectGrant(input.GrantId, input.Comment, input.InPlaceOf), input => input.GrantId, _ => true);
        Add<WithdrawApprovalInputType, WithdrawInput>(
            root, "withdrawApproval", "Takes one's own approval back, while the request still waits for others.",
            input => new IdentityCommand.WithdrawApproval(input.GrantId, input.Comment), input => input.GrantId, _ => true);
    }

    private static void Add<TInputType, TInput>(ObjectGraphType root, string name, string description, Func<TInput, IdentityCommand> command, Func<TInput, string> grantId, Func<TInput, bool>? takesAway = null)
        where TInputType : IGraphType
        where TInput : class, IIdentityInput => root.Mutation<TInputType, TInput, GrantSuccessType>(name, description, Role.Approver, async (input, key, context) =>
        {
            var answer = await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, command(input));
            return (object?)answer.Refusal ?? GrantSuccess.Of(answer, answer.GrantId ?? grantId(input));
        }, takesAway: takesAway);
}
