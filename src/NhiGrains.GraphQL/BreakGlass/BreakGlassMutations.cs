using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.BreakGlass;

internal static class BreakGlassMutations
{
    public static void AddTo(ObjectGraphType root) => root.Mutation<CloseReviewInputType, CloseReviewInput, BreakGlassReviewSuccessType>(
        "closeBreakGlassReview",
        "Says what was found in looking at emergency access. Members of the groups that policy names may, each in their own right; whoever used the access, and agents, never.",
        Role.Anyone,
        async (input, key, context) =>
        {
            var answer = await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, new IdentityCommand.CloseReview(input.GrantId, input.Finding, input.Justified));
            return (object?)answer.Refusal ?? new BreakGlassReviewSuccess(ReviewNode.Find(IdentityCommands.ViewOf(answer), input.GrantId));
        });
}

/// <param name="Review">Null when a repeated call is answered after it has become history.</param>
internal sealed record BreakGlassReviewSuccess(ReviewNode? Review);

internal sealed class BreakGlassReviewSuccessType : Described<BreakGlassReviewSuccess>
{
    public BreakGlassReviewSuccessType()
        : base("BreakGlassReviewSuccess", "The finding is durable.") =>
        Show("review", Of.Maybe<BreakGlassReviewType>(), "The review after the change; null when a repeated call is answered after it has become history.", success => success.Review);
}

internal sealed record CloseReviewInput(string IdentityId, string GrantId, string Finding, bool Justified, string? IdempotencyKey) : IIdentityInput;

internal sealed class CloseReviewInputType : IdentityInputType<CloseReviewInput>
{
    public CloseReviewInputType()
        : base("CloseBreakGlassReviewInput", "What was found.")
    {
        TakeIdentity("Whose access it was.");
        Take("grantId", Of.Text, "Which of its grants.");
        Take("finding", Of.Text, $"What was done with the access, and whether that was right; at most {BreakGlassRules.MaxFinding} characters.");
        Take("justified", Of.Bool, "Whether it was an emergency, and what was done was for that. If not, everybody is told.");
        TakeKey();
    }

    protected override CloseReviewInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("grantId"), given.Get<string>("finding"), given.Get<bool>("justified"), given.Find<string>("idempotencyKey"));
}
