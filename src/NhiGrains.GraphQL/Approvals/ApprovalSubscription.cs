using System.Globalization;
using GraphQL.Types;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Exceptions;
using NhiGrains.GraphQL.Exceptions;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

internal static class ApprovalSubscriptions
{
    public static void AddTo(ObjectGraphType root) => root.Subscription<ApprovalEventType, ApprovalEventFilterType, ApprovalEventFilter>(
        "approvalRequested", "Whenever people are asked to answer: a new request for access or for an exception, or one whose plan is another one by now, so that they are asked again. What follows for one's own inbox: 'approvalInboxChanged'.", Wants, filter => filter.IdentityId);

    public static bool Wants(AuditEvent change, ApprovalEventFilter filter) =>
        change.Action is ApprovalDetails.Pending or ApprovalDetails.PlanChanged or ApprovalDetails.Narrowed or ExceptionDetails.Requested or ExceptionDetails.PlanChanged
        && GrantSubscriptions.IdentityOf(change) is { } identity
        && (filter.IdentityId is null || identity == filter.IdentityId)
        && (filter.Groups is null || ApprovalDetails.Asked(change).Intersect(filter.Groups, StringComparer.Ordinal).Any());
}

internal sealed record ApprovalEventFilter(string? IdentityId, IReadOnlyList<string>? Groups)
{
    public ApprovalEventFilter()
        : this(null, null)
    {
    }
}

internal sealed class ApprovalEventFilterType : DescribedInput<ApprovalEventFilter>
{
    public ApprovalEventFilterType()
        : base("ApprovalEventFilter", "Which requests: those that match every member that is given.")
    {
        Take("identityId", Of.Maybe<StringGraphType>(), "Of this identity.");
        Take("groups", Of.MaybeMany<StringGraphType>(), "In which members of one of these are asked.");
    }

    protected override ApprovalEventFilter Parse(Given given) => new(given.Find<string>("identityId"), given.FindList<string>("groups"));
}

/// <summary>What every event of a vote has.</summary>
internal abstract class VoteEventType : FeedEventType
{
    protected VoteEventType(string name, string description)
        : base(name, description)
    {
        Show("identityId", Of.Maybe<StringGraphType>(), "Whose it is.", change => GrantSubscriptions.IdentityOf(change.Entry.Event));
        Show("grantId", Of.Maybe<StringGraphType>(), "Which of its grants; null for an exception.", GrantIn);
        Show("exceptionName", Of.Maybe<StringGraphType>(), "Which of its exceptions; null for a grant.", ExceptionIn);
    }

    protected static string? GrantIn(FeedEvent change) => Detail(change, "grant");

    protected static string? ExceptionIn(FeedEvent change) => Detail(change, "exception");
}

internal sealed class ApprovalEventType : VoteEventType
{
    public ApprovalEventType()
        : base("ApprovalEvent", "People are asked to answer.")
    {
        Show("action", Of.Text, "What happened: 'grant.pending-approval', 'grant.plan-changed', 'grant.narrowed', 'exception.requested' or 'exception.plan-changed'.", change => change.Entry.Event.Action);
        Show("requestedBy", Of.Maybe<StringGraphType>(), "Who asked for it.", change => Detail(change, "requestedBy"));
        Show("reason", Of.Maybe<StringGraphType>(), "Why it was asked for.", change => Detail(change, "reason") ?? Detail(change, "justification"));
        Show("groups", Of.Texts, "Whose members are asked.", change => ApprovalDetails.Asked(change.Entry.Event));
        Show("planDigest", Of.Maybe<StringGraphType>(), "The digest of what they are asked about.", change => Detail(change, "planDigest"));
        Show("answerBy", Of.Maybe<InstantType>(), "Until when it can be answered.", change =>
            DateTimeOffset.TryParse(Detail(change, "answerBy"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null);
        Show("subject", Of.Maybe<ApprovalSubjectType>(), "What they are asked about as it is now, which may be later than the change; null when it is history.", (change, context) =>
            GrantSubscriptions.IdentityOf(change.Entry.Event) is { } id
                ? context.Loaders().Identities.Later(id, view => (object?)GrantNode.Find(view, GrantIn(change)) ?? ExceptionNode.Find(view, ExceptionIn(change)))
                : null);
    }
}
