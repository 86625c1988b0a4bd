using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>What could be wrong with the rules, and has to be found when it is.</summary>
public enum Defect
{
    None,
    CountsOnePersonTwice,
    IgnoresThatSomebodyLeftTheGroup,
    IgnoresThatSomebodyDeparted,
    IgnoresThatADelegationEnded,
    LetsTheRequesterApprove,
    LetsAgentsApprove,
    IgnoresWithdrawals,
    KeepsApprovalsOfAWiderPlan,
    KeepsApprovalsOfAnEarlierPlan,
    TakesAnyDigest,
    ForgetsTheTimeToAnswer,
    GivesMoreThanWasAgreedTo,
    GivesMoreForGoodThanWasAgreedTo,
    GivesForGoodWhatStillWaits,
}

/// <summary>Plants a defect around the rules: in what they are told, and in what becomes of what they answer.</summary>
internal static class VotingDefects
{
    public static CommandEnvelope Told(Defect defect, CommandEnvelope envelope, Identity identity) => (defect, envelope.Command) switch
    {
        (Defect.LetsAgentsApprove, _) => envelope with { ActorIdentity = null },
        (Defect.TakesAnyDigest, IdentityCommand.ApproveGrant approve) => envelope with { Command = approve with { PlanDigest = BallotOf(identity, approve.GrantId)?.Digest ?? approve.PlanDigest } },
        _ => envelope,
    };

    public static PeopleDirectory Told(Defect defect, PeopleDirectory people, Dictionary<string, HashSet<string>> everInGroup, IEnumerable<Delegation> ever) => defect switch
    {
        Defect.IgnoresThatSomebodyLeftTheGroup => people with { Groups = everInGroup.ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Value], StringComparer.Ordinal) },
        Defect.IgnoresThatSomebodyDeparted => people with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) },
        Defect.IgnoresThatADelegationEnded => people with { Delegations = [.. ever] },
        Defect.CountsOnePersonTwice => people with { Groups = people.Groups.ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Value, .. group.Value.Select(Again)], StringComparer.Ordinal) },
        _ => people,
    };

    public static Identity After(Defect defect, Identity before, Identity after, IdentityCommand command) => after with
    {
        Intent = defect switch
        {
            Defect.GivesMoreForGoodThanWasAgreedTo when after.Intent.Approvals.Count > 0 => after.Intent with { Entitlements = Wider(after.Intent.Entitlements) },
            Defect.GivesForGoodWhatStillWaits when after.WaitingIntent() is { } waiting => after.Intent with { Entitlements = waiting.Decision.Entitlements },
            _ => after.Intent,
        },
        Grants = [.. after.Grants.Select(grant => grant switch
        {
            PendingApprovalGrant { Ballot: { } ballot } pending => Spoilt(defect, BallotOf(before, grant.Id), pending, ballot, command),
            ActiveGrant active when defect == Defect.GivesMoreThanWasAgreedTo && active.PlanDigest is not null && before.Grants.Any(old => old.Id == active.Id && old is PendingApprovalGrant) =>
                Wider(active),
            _ => grant,
        })],
    };

    private static PendingApprovalGrant Spoilt(Defect defect, Ballot? before, PendingApprovalGrant pending, Ballot ballot, IdentityCommand command) => defect switch
    {
        Defect.LetsTheRequesterApprove => pending with { Ballot = ballot with { Excluded = [] } },
        Defect.ForgetsTheTimeToAnswer => pending with { AnswerBy = NextDay(pending), Ballot = ballot with { AnswerBy = NextDay(pending) } },
        Defect.CountsOnePersonTwice when ballot.Approvals.Count == 1 => pending with { Ballot = ballot with { Approvals = [.. ballot.Approvals, ballot.Approvals[0] with { Approver = Again(ballot.Approvals[0].Approver) }] } },
        Defect.IgnoresWithdrawals when command is IdentityCommand.WithdrawApproval && before is not null => pending with { Ballot = ballot with { Approvals = before.Approvals } },
        Defect.KeepsApprovalsOfAWiderPlan when command is IdentityCommand.ApproveGrant { NarrowTo: not null } && before is not null && before.Digest != ballot.Digest => Kept(before, pending, ballot),
        Defect.KeepsApprovalsOfAnEarlierPlan when before is not null && before.Digest != ballot.Digest && pending.Narrowed is null => Kept(before, pending, ballot),
        _ => pending,
    };

    private static PendingApprovalGrant Kept(Ballot before, PendingApprovalGrant pending, Ballot ballot) => pending with
    {
        Ballot = ballot with
        {
            Approvals = [.. before.Approvals.Where(old => ballot.Approvals.All(now => now.Approver != old.Approver)).Select(old => old with { PlanDigest = ballot.Digest }), .. ballot.Approvals],
        },
    };

    private static ActiveGrant Wider(ActiveGrant active)
    {
        var wider = Wider(active.Entitlements);
        return active with { Entitlements = wider, Decision = active.Decision with { Entitlements = wider } };
    }

    private static Entitlement[] Wider(IReadOnlyList<Entitlement> entitlements) => [.. entitlements.Select(one => one with { Verbs = [Verb.Read, Verb.Write, Verb.Delete] })];

    private static Ballot? BallotOf(Identity identity, string grantId) => identity.Grants.OfType<PendingApprovalGrant>().FirstOrDefault(grant => grant.Id == grantId)?.Ballot;

    private static DateTimeOffset NextDay(Grant grant) => grant.Request.RequestedAt + TimeSpan.FromDays(1);

    private static string Again(string person) => person + "'";
}
