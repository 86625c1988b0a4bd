using System.Globalization;
using GraphQL.Types;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

internal static class ApprovalSubscriptions
{
    public static void AddTo(ObjectGraphType root) => root.Subscription<ApprovalEventType, ApprovalEventFilterType, ApprovalEventFilter>(
        "approvalRequested", "Whenever people are asked to answer: a new request, or one whose plan is another one by now, so that they are asked again.", Wants, filter => filter.IdentityId);

    public static bool Wants(AuditEvent change, ApprovalEventFilter filter) =>
        change.Action is ApprovalDetails.Pending or ApprovalDetails.PlanChanged or ApprovalDetails.Narrowed
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

internal sealed class ApprovalEventType : FeedEventType
{
    public ApprovalEventType()
        : base("ApprovalEvent", "People are asked to answer a request.")
    {
        Show("action", Of.Text, "What happened: 'grant.pending-approval', 'grant.plan-changed' or 'grant.narrowed'.", change => change.Entry.Event.Action);
        Show("identityId", Of.Maybe<StringGraphType>(), "Whose request it is.", change => GrantSubscriptions.IdentityOf(change.Entry.Event));
        Show("grantId", Of.Maybe<StringGraphType>(), "Which of its grants.", change => Detail(change, "grant"));
        Show("requestedBy", Of.Maybe<StringGraphType>(), "Who asked for it.", change => Detail(change, "requestedBy"));
        Show("reason", Of.Maybe<StringGraphType>(), "Why it was asked for.", change => Detail(change, "reason"));
        Show("groups", Of.Texts, "Whose members are asked.", change => ApprovalDetails.Asked(change.Entry.Event));
        Show("planDigest", Of.Maybe<StringGraphType>(), "The digest of what they are asked about.", change => Detail(change, "planDigest"));
        Show("answerBy", Of.Maybe<InstantType>(), "Until when it can be answered.", change =>
            DateTimeOffset.TryParse(Detail(change, "answerBy"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null);
        Show("grant", Of.Maybe<GrantType>(), "The grant as it is now, which may be later than the change.", (change, context) =>
            GrantSubscriptions.IdentityOf(change.Entry.Event) is { } id
                ? context.Loaders().Identities.Later(id, view => GrantNode.Find(view, Detail(change, "grant")))
                : null);
    }
}
