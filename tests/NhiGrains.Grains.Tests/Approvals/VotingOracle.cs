using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>A yes that was accepted, and what exactly it was said to, as text and not as a digest.</summary>
internal sealed record HeardVote(string Grant, string Voter, string? InPlaceOf, string To, bool IsAgent)
{
    /// <summary>Whether it may have been in somebody else's place.</summary>
    public bool MayBeForAnother { get; init; }
}

/// <summary>
/// Says whether an active grant may be: written apart from the product's rules, by trying every assignment of votes to seats. It
/// keeps its own record of who said yes to what.
/// </summary>
internal sealed class VotingOracle(VotingWorld world)
{
    private readonly List<HeardVote> _votes = [];
    private readonly Dictionary<string, (ActiveGrant Grant, string Gives)> _active = new(StringComparer.Ordinal);
    private string? _wronged;
    private string _standing = Canonical.Text(world.Identity.Intent.Entitlements);
    private readonly Dictionary<string, HashSet<string>> _askers = new(StringComparer.Ordinal);

    public int Activations { get; private set; }

    public void Asked(string grant, params string?[] askers) => _askers[grant] = [.. askers.OfType<string>()];

    public void Heard(HeardVote vote) => _votes.Add(vote with
    {
        MayBeForAnother = (vote.InPlaceOf is { } named && named != vote.Voter) || world.Delegations.Any(one => one.To == vote.Voter),
    });

    /// <summary>A vote that was refused.</summary>
    public void TurnedAway(HeardVote vote, string code)
    {
        if (code == "ALREADY_APPROVED" && !_votes.Exists(other => other.Grant == vote.Grant && Counts(other, Sittings(vote).Append(vote.Voter))))
            _wronged = $"{vote} was refused because of a vote that counts for nothing";
    }

    public void TookBack(string grant, string voter) => _votes.RemoveAll(vote => vote.Grant == grant && vote.Voter == voter);

    /// <summary>Everything that somebody agrees to when they agree to a request.</summary>
    public string Plan(Grant grant, IReadOnlyList<Entitlement> entitlements, TimeSpan lifetime)
    {
        var profile = world.Identity.Profile;
        return $"{grant.Id} {grant.Request.RequestedBy} {grant.Request.Reason} {Canonical.Text(entitlements)} {lifetime} v{world.Policy.Number} {profile.Owner} {profile.Environment} {Canonical.Text(profile.Tags)}";
    }

    /// <summary>What is wrong after a step; null when nothing is.</summary>
    /// <param name="votedOn">By the last step; null when it was no vote.</param>
    public string? Check(string? votedOn)
    {
        if (_wronged is not null)
            return _wronged;
        if (CheckIntent() is { } standing)
            return $"the intent: {standing}";
        foreach (var active in world.Identity.Grants.OfType<ActiveGrant>())
        {
            if (!_active.TryGetValue(active.Id, out var before) || !ReferenceEquals(before.Grant, active))
            {
                var gives = $"{Canonical.Text(active.Entitlements)} until {active.ExpiresAt:O}";
                if ((before.Grant is null ? CheckNew(active) : before.Gives == gives ? null : "it changed while it was active") is { } wrong)
                    return $"{active.Id}: {wrong}";
                _active[active.Id] = (active, gives);
            }

            if (active.MeanwhileOf is { } request && !world.Pending.Any(pending => pending.Id == request))
                return $"{active.Id} bridges nothing";
        }

        return world.Delegations.Count == 0
            && world.Pending.FirstOrDefault(pending => pending.Id == votedOn && pending.AnswerBy > world.Now && HasQuorum(pending, Plan(pending, pending.Decision.Entitlements, pending.Decision.Lifetime), IsOwn)) is { } forgotten
            ? $"{forgotten.Id} has a quorum and waits" : null;
    }

    private string? CheckIntent()
    {
        var (intent, gives) = (world.Identity.Intent, Canonical.Text(world.Identity.Intent.Entitlements));
        if (gives == _standing)
            return null;
        _standing = gives;
        if (intent.Decision is not { } decision || Canonical.Text(decision.Entitlements) != gives)
            return "its decision permits something else";
        if (decision.Outcome != DecisionOutcome.RequireApproval)
            return world.Policy.Effect == PolicyEffect.Permit ? null : "policy did not permit it";
        return world.Identity.Grants.OfType<IntentGrant>().LastOrDefault(grant => grant.Since == world.Now) is { } agreed
            ? CheckAgreed(agreed, intent.Entitlements, TimeSpan.Zero, intent.Approvals)
            : "nobody was asked";
    }

    private string? CheckNew(ActiveGrant active)
    {
        if (world.Departed.Contains(active.Request.Subject ?? active.Request.RequestedBy))
            return "who asked for it has departed";
        if (active.Since != world.Now || active.ExpiresAt - active.Since > active.Decision.Lifetime || Canonical.Text(active.Entitlements) != Canonical.Text(active.Decision.Entitlements))
            return "its decision permits something else";
        if (active.MeanwhileOf is not null)
            return active.Entitlements.All(entitlement => entitlement.Verbs is [Verb.Read]) && world.Policy.Meanwhile ? null : "nothing was to be given meanwhile";
        if (active.Decision.Outcome != DecisionOutcome.RequireApproval)
            return world.Policy.Effect == PolicyEffect.Permit ? null : "policy did not permit it";
        return CheckAgreed(active, active.Entitlements, active.ExpiresAt - active.Since, active.Approvals);
    }

    private string? CheckAgreed(Grant grant, IReadOnlyList<Entitlement> gives, TimeSpan lifetime, IReadOnlyList<Approval> approvals)
    {
        Activations++;
        var plan = Plan(grant, gives, lifetime);
        return world.Policy.Effect != PolicyEffect.RequireApproval ? "policy says something else now"
            : world.Now >= grant.Request.RequestedAt + VotingWorld.AnswerWithin ? "it was answered too late"
            : !HasQuorum(grant, plan) ? $"no quorum agreed to {plan}; heard were {string.Join("; ", _votes)}"
            : approvals.All(told => _votes.Exists(vote => vote.Grant == grant.Id && vote.Voter == told.Approver && vote.To == plan && (vote.InPlaceOf is null || vote.InPlaceOf == (told.OnBehalfOf ?? told.Approver))))
                ? null : "it names approvals that nobody gave";
    }

    // In another's place an earlier vote of theirs may have been given up, and where a vote was that names nobody is not known here.
    private bool IsOwn(HeardVote vote) => !_votes.Exists(other => other.Grant == vote.Grant && other.Voter == vote.Voter && other.MayBeForAnother);

    private bool HasQuorum(Grant grant, string plan, Func<HeardVote, bool>? counts = null)
    {
        var slots = VotingWorld.Requirements[world.Policy.Requirement].Seats.SelectMany(seats => Enumerable.Repeat(seats, seats.Count)).ToArray();
        var yes = _votes.Where(vote => vote.Grant == grant.Id && vote.To == plan && !vote.IsAgent && counts?.Invoke(vote) != false)
            .SelectMany(vote => Sittings(vote).Select(sitting => (vote.Voter, Sitting: sitting)))
            .ToArray();
        return slots.Length > 0 && Assign(slots, yes, [], grant.Id);
    }

    // A vote that names nobody may have been in the place of anybody who has delegated.
    private IEnumerable<string> Sittings(HeardVote vote) =>
        vote.InPlaceOf is { } named ? [named] : world.Delegations.Where(one => one.To == vote.Voter).Select(one => one.From).Append(vote.Voter);

    // Whether it may fill a seat, with one of some people behind it.
    private bool Counts(HeardVote vote, IEnumerable<string> behind) => Sittings(vote).Any(sitting =>
        behind.Any(person => person == vote.Voter || person == sitting)
        && VotingWorld.Requirements[world.Policy.Requirement].Seats.Any(seats => May((vote.Voter, sitting), seats, vote.Grant)));

    private bool Assign(ApprovalSeats[] left, (string Voter, string Sitting)[] yes, List<(string Voter, string Sitting)> used, string grant) =>
        left.Length == 0 || yes.Any(one =>
            May(one, left[0], grant) && used.TrueForAll(other => AreTwo(one, other)) && Assign(left[1..], yes, [.. used, one], grant));

    private bool May((string Voter, string Sitting) one, ApprovalSeats seats, string grant) =>
        !_askers[grant].Contains(one.Voter) && !_askers[grant].Contains(one.Sitting)
        && !world.Departed.Contains(one.Voter) && !world.Departed.Contains(one.Sitting)
        && !one.Voter.Contains(':', StringComparison.Ordinal) && !one.Sitting.Contains(':', StringComparison.Ordinal)
        && (one.Voter == one.Sitting || world.Delegations.Contains((one.Sitting, one.Voter)))
        && seats.Groups.Any(group => world.Groups[group == "$owner-team" ? world.Identity.Profile.Owner.Team : group].Contains(one.Sitting));

    private bool AreTwo((string Voter, string Sitting) one, (string Voter, string Sitting) other)
    {
        string[] ones = [one.Voter, one.Sitting], others = [other.Voter, other.Sitting];
        return !ones.Any(a => others.Any(b => a == b || world.Delegations.Contains((a, b)) || world.Delegations.Contains((b, a))));
    }
}
