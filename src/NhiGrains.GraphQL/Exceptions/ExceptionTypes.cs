using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Exceptions;
using NhiGrains.GraphQL.Approvals;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Exceptions;

/// <summary>An exception, with the identity that has it.</summary>
internal sealed record ExceptionNode(IdentityView Identity, PolicyException Exception)
{
    public static ExceptionNode? Find(IdentityView? identity, string? name) =>
        identity?.Identity.Exceptions.FirstOrDefault(exception => exception.Name == name) is { } exception ? new(identity, exception) : null;
}

internal sealed class ExceptionStatusType() : DescribedEnum<ExceptionStatus>("ExceptionStatus", "Where an exception is in its life.",
    (ExceptionStatus.Pending, "Waits for people to approve; silence is a no."),
    (ExceptionStatus.InForce, "Lifts its rules for what it is about, until its end."),
    (ExceptionStatus.Ended, "Was in force, and lifts nothing any more."),
    (ExceptionStatus.Denied, "Never was in force: somebody said no, whoever asked has departed, or policy permits no such exceptions any more."),
    (ExceptionStatus.Unanswered, "Never was in force: nobody answered in time."));

internal sealed class PolicyExceptionType : Described<ExceptionNode>
{
    public PolicyExceptionType()
        : base("PolicyException", "A named, justified, approved departure from rules, for one identity and what is within its entitlements, with an end.")
    {
        Show("name", Of.Text, "Among those of its identity.", node => node.Exception.Name);
        Show("identityId", Of.Text, "Whose it is.", node => node.Identity.Identity.Id);
        Show("identity", Of.One<IdentityType>(), "Whose it is.", node => node.Identity);
        Show("status", Of.One<ExceptionStatusType>(), "Where it is in its life.", node => node.Exception.Status);
        Show("rules", Of.Texts, "The rules that it lifts.", node => node.Exception.Rules);
        Show("entitlements", Of.Many<EntitlementType>(), "For what: a request within one of them.", node => node.Exception.Entitlements);
        Show("justification", Of.Text, "Why it is needed.", node => node.Exception.Justification);
        Show("requestedBy", Of.Text, "Who asked for it.", node => node.Exception.RequestedBy);
        Show("requestedAt", Of.Time, "When.", node => node.Exception.RequestedAt);
        Show("lifetimeSeconds", Of.One<FloatGraphType>(), "For how long, from the last approval on.", node => node.Exception.Lifetime.TotalSeconds);
        Show("planDigest", Of.Text, "The digest of exactly what is voted on, which an approval has to name.", node => node.Exception.Ballot.Digest);
        Show("answerBy", Of.Maybe<InstantType>(), "Until when it can be answered; null when it was.", node => node.Exception.Status == ExceptionStatus.Pending ? node.Exception.Ballot.AnswerBy : null);
        Show("seats", Of.Many<ApprovalSeatsType>(), "Who has to agree, and who has. While it is PENDING it is looked at anew with who is in which group now.")
            .ResolveAsync(async context => await SeatsAsync(context.Source, context));
        Show("approvals", Of.Many<ApprovalType>(), "In the order in which they were given; those of people who have left their group are here and fill no seat.", node => node.Exception.Ballot.Approvals);
        Show("voided", Of.Many<VoidedApprovalType>(), "The last that count no more.", node => node.Exception.Ballot.Voided);
        Show("waitingFor", Of.Many<AwaitedPersonType>(), $"Whose approval would fill a seat that is open; at most {AwaitedPerson.MaxNamed}. Nobody's when it is not PENDING.")
            .ResolveAsync(async context => await WaitingForAsync(context.Source, context));
        Show("since", Of.Maybe<InstantType>(), "Since when it is or was in force.", node => node.Exception.Since);
        Show("endsAt", Of.Maybe<InstantType>(), "When it ends, or was to end.", node => node.Exception.EndsAt);
        Show("ended", Of.Maybe<ExceptionEndType>(), "How it came to its end; null while it has none.", node => node.Exception.Ended);
        Show("reviews", Of.Many<ExceptionReviewType>(), "The last of those who have looked at it while it was in force.", node => node.Exception.Reviews);
    }

    private static async Task<IReadOnlyList<FilledSeats>> SeatsAsync(ExceptionNode node, IResolveFieldContext context)
    {
        var (ballot, given) = (node.Exception.Ballot, node.Exception.Approvals);
        return node.Exception.Status == ExceptionStatus.Pending
            ? ballot.Count(await ElectorateAsync(node, context)).Seats
            : FilledSeats.AsTheyWere(ballot.Requirement, given);
    }

    private static async Task<IReadOnlyList<AwaitedPerson>> WaitingForAsync(ExceptionNode node, IResolveFieldContext context)
    {
        if (node.Exception.Status != ExceptionStatus.Pending)
            return [];
        var electorate = await ElectorateAsync(node, context);
        return AwaitedPerson.Of(node.Exception.Ballot, node.Exception.Ballot.Count(electorate), electorate);
    }

    private static async Task<Electorate> ElectorateAsync(ExceptionNode node, IResolveFieldContext context) =>
        new(await context.Loaders().PeopleAsync(), node.Identity.Identity.Profile.Owner.Team, context.Time().GetUtcNow());
}

internal sealed class ExceptionEndType : Described<ExceptionEnd>
{
    public ExceptionEndType()
        : base("ExceptionEnd", "How an exception came to its end.")
    {
        Show("why", Of.Text, "Why.", end => end.Why);
        Show("by", Of.Text, "Who ended or denied it; 'system' when its time was over.", end => end.By);
        Show("onBehalfOf", Of.Maybe<StringGraphType>(), "In whose place it was denied, by a delegate; null in their own right.", end => end.OnBehalfOf);
        Show("at", Of.Time, "When.", end => end.At);
    }
}

internal sealed class ExceptionReviewType : Described<ExceptionReview>
{
    public ExceptionReviewType()
        : base("ExceptionReview", "Somebody has looked at an exception that is in force.")
    {
        Show("by", Of.Text, "Who.", review => review.By);
        Show("at", Of.Time, "When.", review => review.At);
        Show("note", Of.Text, "Whether it is still needed, in their words.", review => review.Note);
    }
}
