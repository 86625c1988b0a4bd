using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

internal sealed record ApproveInput(
    string IdentityId, string GrantId, string PlanDigest, string Comment, string? InPlaceOf, Narrower? NarrowTo, string? IdempotencyKey) : IIdentityInput;

internal abstract class AnswerInputType<T>(string name, string description) : IdentityInputType<T>(name, description)
    where T : class, IIdentityInput
{
    protected void TakeGrant()
    {
        TakeIdentity("Whose request it is.");
        Take("grantId", Of.Text, "Which of its grants.");
    }

    protected void TakeComment() => Take("comment", Of.Text, $"What you say to it, for the requester and the audit; at most {Approval.MaxComment} characters.", "");

    protected void TakePlace() =>
        Take("onBehalfOf", Of.Maybe<StringGraphType>(), "Who has delegated to you, to answer in their place. Left out: in your own right, or else in the place of anybody who has.");
}

internal sealed class ApproveRequestInputType : AnswerInputType<ApproveInput>
{
    public ApproveRequestInputType()
        : base("ApproveRequestInput", "A yes to a request that waits for approvers.")
    {
        TakeGrant();
        Take("planDigest", Of.Text, "The 'approval.planDigest' of the grant as you have read it. If the plan is another one by now, nothing is approved, and the refusal is PLAN_CHANGED.");
        TakeComment();
        TakePlace();
        Take("narrowTo", Of.Maybe<NarrowToInputType>(), "Less than the plan; all of it when left out. Approvals of the wider plan are void then, and yours counts for the narrower one.");
        TakeKey();
    }

    protected override ApproveInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("grantId"), given.Get<string>("planDigest"), given.Get<string>("comment"),
        given.Find<string>("onBehalfOf"), given.Find<Narrower>("narrowTo"), given.Find<string>("idempotencyKey"));
}

internal sealed class NarrowToInputType : DescribedInput<Narrower>
{
    public NarrowToInputType()
        : base("NarrowToInput", "Less than a plan: what is left out stays as it is.")
    {
        Take("entitlements", Of.MaybeMany<EntitlementInputType>(), "All of them, each within one of the plan's.");
        Take("lifetimeSeconds", Of.Maybe<IntGraphType>(), "For how long, not longer than the plan.");
    }

    protected override Narrower Parse(Given given) => new(
        given.FindList<Entitlement>("entitlements"), given.FindValue<int>("lifetimeSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
}

internal sealed record RejectInput(string IdentityId, string GrantId, string Comment, string? InPlaceOf, string? IdempotencyKey) : IIdentityInput;

internal sealed class RejectRequestInputType : AnswerInputType<RejectInput>
{
    public RejectRequestInputType()
        : base("RejectRequestInput", "A no to a request that waits for approvers.")
    {
        TakeGrant();
        TakeComment();
        TakePlace();
        TakeKey();
    }

    protected override RejectInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("grantId"), given.Get<string>("comment"), given.Find<string>("onBehalfOf"), given.Find<string>("idempotencyKey"));
}

internal sealed record WithdrawInput(string IdentityId, string GrantId, string Comment, string? IdempotencyKey) : IIdentityInput;

internal sealed class WithdrawApprovalInputType : AnswerInputType<WithdrawInput>
{
    public WithdrawApprovalInputType()
        : base("WithdrawApprovalInput", "The end of one's own approval, while the request still waits for others.")
    {
        TakeGrant();
        TakeComment();
        TakeKey();
    }

    protected override WithdrawInput Parse(Given given) =>
        new(given.Get<string>("identityId"), given.Get<string>("grantId"), given.Get<string>("comment"), given.Find<string>("idempotencyKey"));
}
