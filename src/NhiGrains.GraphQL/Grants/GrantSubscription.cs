using System.Globalization;
using GraphQL.Types;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Policies;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

internal static class GrantSubscriptions
{
    public static void AddTo(ObjectGraphType root) => root.Subscription<GrantEventType, GrantEventFilterType, GrantEventFilter>(
        "grantChanged", "Every step in the life of grants: decided, active, renewed, revoking, revoked.", Wants, filter => filter.IdentityId);

    public static bool Wants(AuditEvent change, GrantEventFilter filter) =>
        change.Action.StartsWith("grant.", StringComparison.Ordinal)
        && change.Details.TryGetValue("grant", out var grant)
        && IdentityOf(change) is { } identity
        && (filter.IdentityId is null || identity == filter.IdentityId)
        && (filter.GrantId is null || grant == filter.GrantId)
        && (filter.Status is null || (Enum.TryParse<GrantStatus>(change.Details.GetValueOrDefault("status"), ignoreCase: true, out var status) && filter.Status.Contains(status)));

    public static string? IdentityOf(AuditEvent change) => AuditSources.IdentityIn(change.Source);
}

internal sealed record GrantEventFilter(string? IdentityId, string? GrantId, IReadOnlyList<GrantStatus>? Status)
{
    public GrantEventFilter()
        : this(null, null, null)
    {
    }
}

internal sealed class GrantEventFilterType : DescribedInput<GrantEventFilter>
{
    public GrantEventFilterType()
        : base("GrantEventFilter", "Which changes: those that match every member that is given.")
    {
        Take("identityId", Of.Maybe<StringGraphType>(), "Of this identity.");
        Take("grantId", Of.Maybe<StringGraphType>(), "Of this grant.");
        Take("status", Of.MaybeMany<GrantStatusType>(), "Into one of these.");
    }

    protected override GrantEventFilter Parse(Given given) =>
        new(given.Find<string>("identityId"), given.Find<string>("grantId"), given.FindList<GrantStatus>("status"));
}

internal sealed class GrantEventType : FeedEventType
{
    public GrantEventType()
        : base("GrantEvent", "A change of a grant.")
    {
        Show("action", Of.Text, "What happened, for example 'grant.active'.", change => change.Entry.Event.Action);
        Show("identityId", Of.Maybe<StringGraphType>(), "Whose grant it is.", change => GrantSubscriptions.IdentityOf(change.Entry.Event));
        Show("grantId", Of.Maybe<StringGraphType>(), "Which of its grants.", change => Detail(change, "grant"));
        Show("status", Of.Maybe<GrantStatusType>(), "The status after the change.", change => DetailAs<GrantStatus>(change, "status"));
        Show("requestedBy", Of.Maybe<StringGraphType>(), "Who asked for it.", change => Detail(change, "requestedBy"));
        Show("reason", Of.Maybe<StringGraphType>(), "Why it was asked for.", change => Detail(change, "reason"));
        Show("decision", Of.Maybe<DecisionOutcomeType>(), "What policy answered.", change => DetailAs<DecisionOutcome>(change, "decision"));
        Show("expiresAt", Of.Maybe<InstantType>(), "For ACTIVE: when it ends.", change => Instant(change, "expiresAt"));
        Show("revocationReason", Of.Maybe<RevocationReasonType>(), "For REVOKING: why.", change => DetailAs<RevocationReason>(change, "revocation"));
        Show("residualUntil", Of.Maybe<InstantType>(), "For REVOKED: until when something can linger.", change => Instant(change, "residualUntil"));
        Show("grant", Of.Maybe<GrantType>(), "The grant as it is now, which may be later than the change.", (change, context) =>
            GrantSubscriptions.IdentityOf(change.Entry.Event) is { } id
                ? context.Loaders().Identities.Later(id, view => GrantNode.Find(view, Detail(change, "grant")))
                : null);
    }

    private static DateTimeOffset? Instant(FeedEvent change, string name) =>
        DateTimeOffset.TryParse(Detail(change, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
