using System.Globalization;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>What computes on every core: silos that start beside it do not hear of each other in time, and give up.</summary>
[CollectionDefinition(nameof(Computing), DisableParallelization = true)]
public class Computing;

/// <summary>
/// Promise 10 over random interleavings of requests, answers and everything that can change meanwhile: never an active grant without
/// a valid quorum over exactly what is active.
/// </summary>
[Collection(nameof(Computing))]
public class ApprovalProperties(ITestOutputHelper output)
{
    private const int Quick = 10_000;
    private const int Enough = 5_000;

    // The whole number, and seeds that were found, are asked for by the environment: the suite has little time.
    private static readonly int Histories =
        int.TryParse(Environment.GetEnvironmentVariable("NHIGRAINS_APPROVAL_HISTORIES"), CultureInfo.InvariantCulture, out var asked) ? asked : Quick;

    [Fact]
    public void Nothing_is_active_without_a_quorum_that_agreed_to_exactly_that()
    {
        var (activations, wrong) = (0, (string?)null);
        Parallel.For(0, Histories, new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            var history = new VotingHistory(seed, Defect.None);
            if (history.Run() is { } found)
            {
                Interlocked.CompareExchange(ref wrong, $"Seed {seed}: {found}\n{string.Join('\n', history.Steps)}", null);
                loop.Stop();
            }

            Interlocked.Add(ref activations, history.Activations);
        });
        Assert.True(wrong is null, wrong);
        output.WriteLine($"{Histories} histories, {activations} activations");
        // A world in which nothing is ever approved would show nothing.
        var first = new VotingHistory(0, Defect.None);
        first.Run();
        Assert.True(activations > Histories / 4, $"Only {activations} of {Histories} became active. The first one:\n{string.Join('\n', first.Steps)}");
    }

    // What would find nothing would prove nothing.
    [Theory]
    [MemberData(nameof(Defects))]
    public void A_defect_is_found(Defect defect)
    {
        var found = Enumerable.Range(0, Enough).FirstOrDefault(seed => new VotingHistory(seed, defect).Run() is not null, -1);

        Assert.True(found >= 0, $"{Enough} histories did not show that something {defect}.");
        output.WriteLine($"{defect}: history {found}");
    }

    public static TheoryData<Defect> Defects() => [.. Enum.GetValues<Defect>().Where(defect => defect != Defect.None)];
}

/// <summary>One random interleaving.</summary>
internal sealed class VotingHistory
{
    private const int Length = 24;

    private readonly Random _random;

    // Formatted when something is wrong only.
    private readonly List<Func<string>> _steps = [];
    private readonly VotingWorld _world;
    private readonly VotingOracle _oracle;
    private readonly List<(string Grant, string Digest)> _seen = [];
    private CommandEnvelope? _last;
    private (CommandEnvelope Envelope, HeardVote Heard)? _lastVote;
    private int _keys;

    public VotingHistory(int seed, Defect defect)
    {
        _random = new Random(seed);
        _world = new() { Defect = defect };
        _oracle = new(_world);
        foreach (var members in _world.Groups.Values)
            members.UnionWith(VotingWorld.Everybody.Where(_ => _random.Next(2) == 0));
        _world.EverDelegated.UnionWith(Enumerable.Range(0, 3).Select(_ => (Person(), Person()))); // Ended long ago.
        _world.Policy = new(1, PolicyEffect.RequireApproval, _random.Next(VotingWorld.Requirements.Length), TimeSpan.FromHours(4), _random.Next(2) == 0);
    }

    public IEnumerable<string> Steps => _steps.Select(step => step());

    public int Activations => _oracle.Activations;

    public string? Run()
    {
        Request();
        if (_oracle.Check(votedOn: null) is { } amiss)
            return amiss;
        for (var step = 0; step < Length; step++)
        {
            var voted = Step(_random.Next(100));
            if (_oracle.Check(voted) is { } wrong)
                return wrong;
        }

        return null;
    }

    // What was voted on, after which a quorum of that is seen; null when it was no vote. Of others it is seen at their next one.
    private string? Step(int dice)
    {
        switch (dice)
        {
            case < 50: return Approve();
            case < 56: Request(); break;
            case < 61: Withdraw(); break;
            case < 63: Tell(Person(), new IdentityCommand.RejectGrant(Grant(), "no")); break;
            case < 64: Tell(Person(), new IdentityCommand.RevokeGrant(Grant(), "not needed")); break;
            case < 72: Toggle(_world.Groups[Any(VotingWorld.AllGroups)], Any(VotingWorld.Everybody), "member"); break;
            case < 75: Toggle(_world.Departed, Any(VotingWorld.Everybody), "departed"); break;
            case < 79: Delegate(); break;
            case < 84: ChangePolicy(); break;
            case < 87: Tell("operator", new IdentityCommand.UpdateIdentity(new(Tags: new Dictionary<string, string>(StringComparer.Ordinal) { ["change"] = $"{_keys}" }))); break;
            case < 89: Tell("operator", new IdentityCommand.TransferOwnership(new($"owner-{_keys}", Any("payments", "billing-team")), "moved")); break;
            case < 92: _world.Now += TimeSpan.FromMinutes(_random.Next(1, 50)); Say(_world.Now, now => $"it is {now:t}"); break;
            case < 94: _world.Wake(); _steps.Add(() => "wakes"); break;
            case < 96: _world.Restart(); _steps.Add(() => "restarts"); break;
            default: return Repeat();
        }

        return null;
    }

    private void Request()
    {
        var verbs = Any<Verb[]>([Verb.Read], [Verb.Read, Verb.Write], [Verb.Read, Verb.Write, Verb.Delete]);
        var entitlement = new Entitlement(VotingWorld.Platform, verbs, [new("configmaps", "shop", ResourceMatch.Exact, "prices"), new("configmaps", "shop", ResourceMatch.Exact, "stock")], Conditions.None);
        IdentityCommand command = _random.Next(4) == 0
            ? new IdentityCommand.SetIntent([entitlement], "needed")
            : new IdentityCommand.RequestAccess([entitlement], TimeSpan.FromMinutes(_random.Next(1, 6) * 60), "needed");
        var (by, subject) = _random.Next(3) == 0 ? ($"identity:{VotingWorld.Id}", Person()) : (Person(), null);
        var answer = Tell(by, command, subject);
        if (answer.GrantId is { } grant)
            _oracle.Asked(grant, by, subject);
    }

    private string? Approve()
    {
        if (_world.Pending.FirstOrDefault(pending => pending.Id == Grant()) is not { Ballot: { } ballot } pending)
            return null;
        var person = Person();
        var isAgent = _random.Next(12) == 0;
        var stale = _random.Next(10) == 0 && _seen.Count > 0;
        var digest = stale ? _seen[_random.Next(_seen.Count)].Digest : ballot.Digest;
        _seen.Add((pending.Id, ballot.Digest));
        var narrower = _random.Next(8) == 0 ? Narrower(pending) : null;
        var place = _random.Next(5) == 0 ? Person() : null;
        // What the approver sees is taken down before anything is decided anew.
        var to = digest == ballot.Digest
            ? _oracle.Plan(pending, narrower?.Entitlements ?? pending.Decision.Entitlements, narrower?.Lifetime ?? pending.Decision.Lifetime)
            : "something else";
        var answer = Tell(isAgent && _random.Next(2) == 0 ? "identity:robot" : person, new IdentityCommand.ApproveGrant(pending.Id, digest, "fine", place, narrower), isAgent: isAgent);
        if (_last is not { } last)
            return null;
        _lastVote = (last, new(pending.Id, last.Actor, place, to, isAgent));
        if (answer.Refusal is { } refused)
            _oracle.TurnedAway(_lastVote.Value.Heard, refused.Code);
        else
            _oracle.Heard(_lastVote.Value.Heard);
        return answer.Refusal is null ? pending.Id : null;
    }

    private Narrower Narrower(PendingApprovalGrant pending)
    {
        var wide = pending.Decision.Entitlements[0];
        var verbs = wide.Verbs.Take(_random.Next(1, wide.Verbs.Count + 1)).ToArray();
        // Sometimes wider, which has to be refused.
        if (_random.Next(4) == 0)
            verbs = [.. verbs, Verb.Invoke];
        var resources = _random.Next(2) == 0 ? wide.Resources : [wide.Resources[0]];
        return new([wide with { Verbs = verbs, Resources = resources }], _random.Next(2) == 0 ? pending.Decision.Lifetime / 2 : null);
    }

    private void Withdraw()
    {
        var (grant, person) = (Grant(), Person());
        if (Tell(person, new IdentityCommand.WithdrawApproval(grant, "changed my mind")).Refusal is null)
            _oracle.TookBack(grant, person);
    }

    // A command that arrives twice, or the same again with another key.
    private string? Repeat()
    {
        if (_lastVote is not { } vote)
            return null;
        var again = _random.Next(2) == 0 ? vote.Envelope : vote.Envelope with { IdempotencyKey = $"k{++_keys}" };
        var isNew = !_world.HasDone(again.IdempotencyKey);
        // What was refused may be accepted by now. With the same key nothing is looked at again.
        var accepted = Send(again).Refusal is null && isNew;
        if (accepted)
            _oracle.Heard(vote.Heard);
        return accepted ? vote.Heard.Grant : null;
    }

    private void Delegate()
    {
        var pair = (Person(), Person());
        if (!_world.Delegations.Remove(pair))
            _world.Delegations.Add(pair);
        _steps.Add(() => $"delegation {pair}");
    }

    private void ChangePolicy()
    {
        _world.Policy = new(_world.Policy.Number + 1, Any(PolicyEffect.RequireApproval, PolicyEffect.RequireApproval, PolicyEffect.RequireApproval, PolicyEffect.Deny, PolicyEffect.Permit),
            _random.Next(VotingWorld.Requirements.Length), TimeSpan.FromHours(_random.Next(1, 5)), _random.Next(2) == 0);
        Say(_world.Policy, policy => $"{policy}");
    }

    private void Toggle(HashSet<string> set, string person, string what)
    {
        if (!set.Remove(person))
            set.Add(person);
        Say(set.Contains(person), isIn => $"{what} {person}: {isIn}");
    }

    private CommandAnswer Tell(string actor, IdentityCommand command, string? subject = null, bool isAgent = false) => Send(new($"k{++_keys}", actor, command)
    {
        ActorIdentity = isAgent || actor.StartsWith(Agents.Identity, StringComparison.Ordinal) ? "robot" : null,
        Subject = subject,
    });

    private CommandAnswer Send(CommandEnvelope envelope)
    {
        _last = envelope;
        var answer = _world.Execute(envelope);
        _steps.Add(() => $"{envelope.Actor} {envelope.Command} -> {answer.Refusal?.Code ?? answer.GrantId}");
        return answer;
    }

    private void Say<T>(T value, Func<T, string> text) => _steps.Add(() => text(value));

    private string Grant() => _world.Identity.Grants is { Count: > 0 } grants ? grants[^_random.Next(1, Math.Min(3, grants.Count) + 1)].Id : "none";

    private string Person() => Any(VotingWorld.Everybody);

    private T Any<T>(params T[] all) => all[_random.Next(all.Length)];
}
