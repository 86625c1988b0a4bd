using GraphQL.Types;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Exceptions;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Exceptions;

internal interface IExceptionInput : IIdentityInput
{
    string Name { get; }
}

internal abstract class ExceptionInputType<T>(string name, string description) : IdentityInputType<T>(name, description)
    where T : class, IExceptionInput
{
    protected void TakeException()
    {
        TakeIdentity("Whose it is.");
        Take("name", Of.Text, "Which of its exceptions.");
    }

    protected void TakeComment() => Take("comment", Of.Text, $"What you say to it, for the requester and the audit; at most {Approval.MaxComment} characters.", "");

    protected void TakePlace() =>
        Take("onBehalfOf", Of.Maybe<StringGraphType>(), "Who has delegated to you, to answer in their place. Left out: in your own right, or else in the place of anybody who has.");
}

internal sealed record RequestExceptionInput(
    string IdentityId, string Name, IReadOnlyList<string> Rules, IReadOnlyList<Entitlement> Entitlements, int LifetimeSeconds, string Justification, string? IdempotencyKey)
    : IExceptionInput;

internal sealed class RequestExceptionInputType : ExceptionInputType<RequestExceptionInput>
{
    public RequestExceptionInputType()
        : base("RequestExceptionInput", "A departure from rules that permit one.")
    {
        TakeIdentity("For whom.");
        Take("name", Of.Text, "Its name: 1 to 63 lower-case letters, digits and '-', none that the identity has.");
        Take("rules", Of.Texts, $"The names of the rules that it lifts: 1 to {ExceptionRequests.MaxRules} of the set in force.");
        Take("entitlements", Of.Many<EntitlementInputType>(), $"For what: 1 to {ExceptionRequests.MaxEntitlements}. Requests within one of them are decided without the rules.");
        Take("lifetimeSeconds", Of.Int, "For how long, from the last approval on; at most what each of the rules permits.");
        Take("justification", Of.Text, "Why the rules cannot be kept.");
        TakeKey();
    }

    protected override RequestExceptionInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("name"), given.List<string>("rules"), given.List<Entitlement>("entitlements"),
        given.Get<int>("lifetimeSeconds"), given.Get<string>("justification"), given.Find<string>("idempotencyKey"));
}

internal sealed record ApproveExceptionInput(string IdentityId, string Name, string PlanDigest, string Comment, string? InPlaceOf, string? IdempotencyKey) : IExceptionInput;

internal sealed class ApproveExceptionInputType : ExceptionInputType<ApproveExceptionInput>
{
    public ApproveExceptionInputType()
        : base("ApproveExceptionInput", "A yes to an exception that waits for approvers.")
    {
        TakeException();
        Take("planDigest", Of.Text, "The 'planDigest' of the exception as you have read it. If the policy is another one by now, nothing is approved, and the refusal is PLAN_CHANGED.");
        TakeComment();
        TakePlace();
        TakeKey();
    }

    protected override ApproveExceptionInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("name"), given.Get<string>("planDigest"), given.Get<string>("comment"),
        given.Find<string>("onBehalfOf"), given.Find<string>("idempotencyKey"));
}

/// <summary>For the mutations that need nothing but which one, and a word on it.</summary>
internal sealed record ExceptionInput(string IdentityId, string Name, string Comment, string? InPlaceOf, string? IdempotencyKey) : IExceptionInput;

internal sealed class RejectExceptionInputType : ExceptionInputType<ExceptionInput>
{
    public RejectExceptionInputType()
        : base("RejectExceptionInput", "A no to an exception that waits for approvers.")
    {
        TakeException();
        TakeComment();
        TakePlace();
        TakeKey();
    }

    protected override ExceptionInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("name"), given.Get<string>("comment"), given.Find<string>("onBehalfOf"), given.Find<string>("idempotencyKey"));
}

internal sealed class ExceptionCommentInputType : ExceptionInputType<ExceptionInput>
{
    public ExceptionCommentInputType()
        : base("ExceptionCommentInput", "Which exception, and what is to be said to it.")
    {
        TakeException();
        TakeComment();
        TakeKey();
    }

    protected override ExceptionInput Parse(Given given) =>
        new(given.Get<string>("identityId"), given.Get<string>("name"), given.Get<string>("comment"), InPlaceOf: null, given.Find<string>("idempotencyKey"));
}
