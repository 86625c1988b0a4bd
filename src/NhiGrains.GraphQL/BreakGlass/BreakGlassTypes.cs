using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.BreakGlass;

/// <summary>A review, with the identity that owes it.</summary>
internal sealed record ReviewNode(IdentityView Identity, BreakGlassReview Review)
{
    public static ReviewNode? Find(IdentityView? identity, string? grantId) =>
        identity?.Identity.Reviews.FirstOrDefault(review => review.GrantId == grantId) is { } review ? new(identity, review) : null;
}

internal sealed class BreakGlassReviewType : Described<ReviewNode>
{
    public BreakGlassReviewType()
        : base("BreakGlassReview", "Emergency access is granted first and looked at afterwards by somebody else: this is the look that is owed, or was taken.")
    {
        Show("identityId", Of.Text, "Whose access it was.", node => node.Identity.Identity.Id);
        Show("identity", Of.One<IdentityType>(), "Whose access it was.", node => node.Identity);
        Show("grantId", Of.Text, "Which of its grants, which may be older than those that are still shown.", node => node.Review.GrantId);
        Show("grant", Of.Maybe<GrantType>(), "The grant; null when it is history.", node => GrantNode.Find(node.Identity, node.Review.GrantId));
        Show("usedBy", Of.Text, "Who asked for it.", node => node.Review.UsedBy);
        Show("reason", Of.Text, "Why, as they said then.", node => node.Review.Reason);
        Show("openedAt", Of.Time, "When the access began.", node => node.Review.OpenedAt);
        Show("reviewBy", Of.Time, "Until when it is to be closed.", node => node.Review.ReviewBy);
        Show("groups", Of.Texts, "Whose members may close it: anybody of them but who used it.", node => node.Review.Groups);
        Show("andGroups", Of.Texts, "Of other rules that permitted it: whoever closes it is in a group of each of these, too, written as in 'security or audit'.", node => (node.Review.AndGroups ?? []).Select(groups => string.Join(" or ", groups)));
        Show("open", Of.Bool, "Whether nobody has closed it.", node => node.Review.IsOpen);
        Show("overdue", Of.Bool, "Whether nobody has closed it in time.", (node, context) => node.Review.IsOverdue(context.Time().GetUtcNow()));
        Show("escalatedAt", Of.Maybe<InstantType>(), "When everybody was told that nobody had closed it in time; null when somebody had, or still can.", node => node.Review.EscalatedAt);
        Show("closed", Of.Maybe<ReviewFindingType>(), "What was found; null while it is open.", node => node.Review.Closed);
    }
}

internal sealed class ReviewFindingType : Described<ReviewFinding>
{
    public ReviewFindingType()
        : base("ReviewFinding", "What somebody else found who looked at emergency access.")
    {
        Show("by", Of.Text, "Who.", finding => finding.By);
        Show("at", Of.Time, "When.", finding => finding.At);
        Show("finding", Of.Text, "What they found.", finding => finding.Finding);
        Show("justified", Of.Bool, "Whether it was an emergency, and what was done was for that.", finding => finding.Justified);
    }
}
