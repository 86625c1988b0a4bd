using GraphQL.Types;
using NhiGrains.Contracts.Catalog;
using NhiGrains.GraphQL.Exceptions;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

/// <summary>What people are asked to answer.</summary>
internal sealed class ApprovalSubjectType : UnionGraphType
{
    public ApprovalSubjectType()
    {
        Name = "ApprovalSubject";
        Description = "What people are asked to answer: a Grant that is asked for, with 'approveRequest' and its like, or a PolicyException, with 'approveException' and its like.";
        Type<GrantType>();
        Type<PolicyExceptionType>();
    }
}

internal sealed class InboxItemType : Described<InboxItem>
{
    public InboxItemType()
        : base("InboxItem", "Something that waits for an answer of the caller's. Its first members are the same whatever it is about.")
    {
        Show("id", Of.Id, "The same for as long as it waits, and unique in the inbox; 'approvalInboxChanged' calls it 'itemId'.", item => IdOf(item.Identity.Identity.Id, item.What, item.Name));
        Show("identityId", Of.Text, "Whose it is.", item => item.Identity.Identity.Id);
        Show("identity", Of.One<IdentityType>(), "Whose it is.", item => item.Identity);
        Show("requestedBy", Of.Text, "Who asked for it.", item => RequestOf(item).By);
        Show("requestedAt", Of.Time, "When.", item => RequestOf(item).At);
        Show("reason", Of.Text, "Why.", item => RequestOf(item).Reason);
        Show("planDigest", Of.Text, "The digest of exactly what is voted on, which an approval has to name.", item => item.Ballot.Digest);
        Show("answerBy", Of.Time, "Until when it can be answered; silence is a no.", item => item.Ballot.AnswerBy);
        Show("onBehalfOf", Of.Maybe<StringGraphType>(), "In whose place the caller would answer, as a delegate: pass it on as 'onBehalfOf'. Null: in their own right.", item => item.OnBehalfOf);
        Show("subject", Of.One<ApprovalSubjectType>(), "What it is about.", item => item.Subject);
    }

    public static string IdOf(string identityId, AskedFor what, string name) => what switch
    {
        AskedFor.Access => NodeIds.OfGrant(identityId, name),
        _ => NodeIds.Of("PolicyException", $"{identityId}/{name}"),
    };

    private static (string By, DateTimeOffset At, string Reason) RequestOf(InboxItem item) => item.Subject switch
    {
        GrantNode { Grant.Request: var request } => (request.RequestedBy, request.RequestedAt, request.Reason),
        ExceptionNode { Exception: var exception } => (exception.RequestedBy, exception.RequestedAt, exception.Justification),
        _ => throw new InvalidOperationException($"{item.Subject.GetType().Name} is nothing that people are asked."),
    };
}
