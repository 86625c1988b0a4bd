using GraphQL.Types;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

internal sealed class VoidReasonType() : DescribedEnum<VoidReason>("VoidReason", "Why an approval counts no more.",
    (VoidReason.Withdrawn, "Whoever gave it took it back."),
    (VoidReason.PlanChanged, "The request, its identity, the policy or a translation is another one by now."),
    (VoidReason.Narrowed, "It was for more than what another approver left of it."),
    (VoidReason.Superseded, "It was given in the place of somebody who has then voted; or it counted for nothing when one of those who were behind it voted anew, or another delegate in the same place."));

internal sealed class GrantApprovalType : Described<GrantApproval>
{
    public GrantApprovalType()
        : base("GrantApproval", "The vote on a grant.")
    {
        Show("planDigest", Of.Text, "The digest of exactly what is voted on, which an approval has to name.", vote => vote.PlanDigest);
        Show("answerBy", Of.Maybe<InstantType>(), "Until when it can be answered; null when it was.", vote => vote.AnswerBy);
        Show("seats", Of.Many<ApprovalSeatsType>(), "All of them have to be filled, by different people. Who fills them is looked at anew with who is in which group now.", vote => vote.Seats);
        Show("approvals", Of.Many<ApprovalType>(), "In the order in which they were given; those of people who have left their group are here and fill no seat.", vote => vote.Approvals);
        Show("voided", Of.Many<VoidedApprovalType>(), "The last that count no more.", vote => vote.Voided);
        Show("waitingFor", Of.Many<AwaitedPersonType>(), $"Whose approval would fill a seat that is open; at most {AwaitedPerson.MaxNamed}.", vote => vote.WaitingFor);
        Show("narrowed", Of.Maybe<NarrowedRequestType>(), "What an approver left of the request; null: all of it.", vote => vote.Narrowed);
    }
}

internal sealed class ApprovalSeatsType : Described<FilledSeats>
{
    public ApprovalSeatsType()
        : base("ApprovalSeats", "Seats for members of some groups.")
    {
        Show("groups", Of.Texts, "Whoever is in one of these; '$owner-team' is the team of the identity's owner.", seats => seats.Seats.Groups);
        Show("count", Of.Int, "How many different people.", seats => seats.Seats.Count);
        Show("filledBy", Of.Many<ApprovalType>(), "The approvals that fill them.", seats => seats.By);
    }
}

internal sealed class ApprovalType : Described<Approval>
{
    public ApprovalType()
        : base("Approval", "The yes of one person to exactly one plan.")
    {
        Show("approver", Of.Text, "Who.", approval => approval.Approver);
        Show("onBehalfOf", Of.Maybe<StringGraphType>(), "In whose place, as a delegate; null in their own right.", approval => approval.OnBehalfOf);
        Show("planDigest", Of.Text, "What they had seen.", approval => approval.PlanDigest);
        Show("comment", Of.Text, "What they said to it.", approval => approval.Comment);
        Show("at", Of.Time, "When.", approval => approval.At);
    }
}

internal sealed class VoidedApprovalType : Described<VoidedApproval>
{
    public VoidedApprovalType()
        : base("VoidedApproval", "An approval that counts no more.")
    {
        Show("approval", Of.One<ApprovalType>(), "Which.", voided => voided.Approval);
        Show("why", Of.One<VoidReasonType>(), "Why.", voided => voided.Why);
        Show("at", Of.Time, "Since when.", voided => voided.At);
    }
}

internal sealed class AwaitedPersonType : Described<AwaitedPerson>
{
    public AwaitedPersonType()
        : base("AwaitedPerson", "Somebody whose approval would fill a seat that is open.")
    {
        Show("person", Of.Text, "Who.", awaited => awaited.Person);
        Show("absent", Of.Bool, "Whether they cannot be asked at the moment.", awaited => awaited.Absent);
        Show("delegates", Of.Texts, "Who may answer in their place at the moment.", awaited => awaited.Delegates);
    }
}

internal sealed class NarrowedRequestType : Described<NarrowedRequest>
{
    public NarrowedRequestType()
        : base("NarrowedRequest", "What an approver left of a request.")
    {
        Show("by", Of.Text, "Who.", narrowed => narrowed.By);
        Show("entitlements", Of.Many<EntitlementType>(), "What is left.", narrowed => narrowed.Entitlements);
        Show("lifetimeSeconds", Of.One<FloatGraphType>(), "For how long, in seconds.", narrowed => narrowed.Lifetime.TotalSeconds);
    }
}

internal sealed class RejectionType : Described<Rejection>
{
    public RejectionType()
        : base("Rejection", "Who said no; whoever asked, when they took the request back.")
    {
        Show("by", Of.Text, "Who.", rejection => rejection.By);
        Show("onBehalfOf", Of.Maybe<StringGraphType>(), "In whose place, as a delegate; null in their own right.", rejection => rejection.OnBehalfOf);
        Show("comment", Of.Text, "What they said to it.", rejection => rejection.Comment);
        Show("at", Of.Time, "When.", rejection => rejection.At);
    }
}
