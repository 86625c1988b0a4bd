using GraphQL.Types;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

internal sealed class ApprovalRequirementType : Described<ApprovalRequirement>
{
    public ApprovalRequirementType()
        : base("ApprovalRequirement", "Who has to agree, and within which time.")
    {
        Show("seats", Of.Many<RequiredSeatsType>(), "All of them have to be filled, by different people.", requirement => requirement.Seats);
        Show("answerWithinSeconds", Of.One<FloatGraphType>(), "How long they have; silence is a no.", requirement => requirement.AnswerWithin.TotalSeconds);
    }
}

internal sealed class RequiredSeatsType : Described<ApprovalSeats>
{
    public RequiredSeatsType()
        : base("RequiredSeats", "Some distinct people, each a member of at least one of some groups.")
    {
        Show("groups", Of.Texts, "Whoever is in one of these; '$owner-team' is the team of the identity's owner.", seats => seats.Groups);
        Show("count", Of.Int, "How many different people.", seats => seats.Count);
    }
}

internal sealed class ReviewTermsType : Described<ReviewTerms>
{
    public ReviewTermsType()
        : base("ReviewTerms", "Who reviews emergency access afterwards.")
    {
        Show("groups", Of.Texts, "Whose members may close the review: anybody of them but who used the access.", terms => terms.Groups);
        Show("andGroups", Of.Texts, "Of other rules that permit it: whoever closes it is in a group of each of these, too, written as in 'security or audit'.", terms => (terms.AndGroups ?? []).Select(groups => string.Join(" or ", groups)));
        Show("withinSeconds", Of.One<FloatGraphType>(), "From the beginning of the access; then everybody is told.", terms => terms.Within.TotalSeconds);
    }
}

internal sealed class RuleFindingType : Described<RuleFinding>
{
    public RuleFindingType()
        : base("RuleFinding", "What would have had to differ at one rule.")
    {
        Show("rule", Of.Text, "The rule's name.", finding => finding.Rule);
        Show("effect", Of.One<PolicyEffectType>(), "What it does where it matches.", finding => finding.Effect);
        Show("matched", Of.Bool, "Whether it matched: then 'differences' are what it looks at, and another value of one of them keeps it from matching. Otherwise they are what kept it from matching.", finding => finding.Matched);
        Show("platform", Of.Text, "Of the entitlement that it is about.", finding => finding.Platform);
        Show("differences", Of.Texts, "For example 'environments: production'.", finding => finding.Differences);
    }
}
