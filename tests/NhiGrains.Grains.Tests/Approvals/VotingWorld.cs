using System.Text.Json;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Audit;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Memory;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>What policy says in a world: it changes as a whole, and its number with it.</summary>
internal sealed record VotingPolicy(int Number, PolicyEffect Effect, int Requirement, TimeSpan Limit, bool Meanwhile)
{
    public PolicySet Set { get; } = new($"number-{Number}",
    [
        Rule("for-a-while", standing: false, Effect == PolicyEffect.Deny ? null : Limit, Effect, Requirement, Meanwhile),
        Rule("for-good", standing: true, null, Effect, Requirement, Meanwhile),
    ]);

    private static PolicyRule Rule(string name, bool standing, TimeSpan? limit, PolicyEffect effect, int requirement, bool meanwhile) =>
        new(name, effect, new(Standing: standing), limit, AllowControllerEnforcedEnd: true)
        {
            Approval = effect == PolicyEffect.RequireApproval ? VotingWorld.Requirements[requirement] : null,
            Meanwhile = effect == PolicyEffect.RequireApproval && meanwhile ? new([Verb.Read]) : null,
        };
}

/// <summary>
/// One identity, driven by the rules alone: the same beats as its grain, without a store or a silo. People, policy and clock are the
/// test's.
/// </summary>
internal sealed class VotingWorld
{
    public const string Platform = "mem:test";
    public const string Id = "billing";

    public static readonly TimeSpan AnswerWithin = TimeSpan.FromMinutes(60);

    public static readonly string[] Everybody = ["ann", "ben", "cat", "dan", "eve", "fay"];
    public static readonly string[] AllGroups = ["security", "ops", "payments", "billing-team"];

    public static readonly ApprovalRequirement[] Requirements =
    [
        Within(new ApprovalSeats(["security"], 1)),
        Within(new ApprovalSeats(["security"], 2)),
        Within(new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)),
        Within(new ApprovalSeats(["ops", "security"], 2), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)),
        Within(new ApprovalSeats(["ops"], 1), new ApprovalSeats(["security"], 1), new ApprovalSeats(["ops", "security"], 1)),
    ];

    private static readonly PlatformRegistry Platforms = new([new MemoryConnector(Platform, new MemoryPlatform(), TimeProvider.System)]);

    private readonly Dictionary<string, HashSet<string>> _everInGroup = AllGroups.ToDictionary(group => group, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
    private int _ids;

    /// <summary>Whether the directory answers.</summary>
    public bool KnowsPeople { get; set; } = true;

    /// <summary>What is wrong with the rules here.</summary>
    public Defect Defect { get; init; }

    public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public VotingPolicy Policy { get; set; } = new(1, PolicyEffect.RequireApproval, 0, TimeSpan.FromHours(4), Meanwhile: false);

    public Dictionary<string, HashSet<string>> Groups { get; } = AllGroups.ToDictionary(group => group, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);

    public HashSet<(string From, string To)> Delegations { get; } = [];

    /// <summary>Also those that have ended.</summary>
    public HashSet<(string From, string To)> EverDelegated { get; } = [];

    public HashSet<string> Departed { get; } = new(StringComparer.Ordinal);

    public IdentityState State { get; private set; } = new()
    {
        Identity = Identity.Register(Id, new(IdentityKind.ServiceAccount, new("ann", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(Platform, "shop/billing")])).Value,
    };

    public Identity Identity => State.Identity ?? throw new InvalidOperationException("It was registered.");

    public IEnumerable<PendingApprovalGrant> Pending => Identity.Grants.OfType<PendingApprovalGrant>();

    public bool HasDone(string key) => IdempotencyKeys.Find(State.Done, key) is not null;

    /// <summary>As the grain does.</summary>
    public CommandAnswer Execute(CommandEnvelope envelope)
    {
        if (IdempotencyKeys.Check(State.Done, envelope) is { } malformed)
            return new(malformed, null, null);
        if (IdempotencyKeys.Find(State.Done, envelope.IdempotencyKey) is { } done)
            return new(null, null, done.GrantId);
        var current = Identity.Expire(Now);
        var told = VotingDefects.Told(Defect, envelope, current);
        var decided = CommandRules.Decide(current, told.Command, Context(told) with
        {
            AskerDeparture = CommandNeeds.AskForMore(told.Command) ? Directory.DepartureOf(told.Subject ?? told.Actor) : null,
        });
        if (decided.Refusal is { } refusal)
            return new(refusal, null, null);
        var outcome = decided.Value;
        // What is told of it is tested in a cluster; telling it would be most of the time here.
        if (outcome.Refused is null || !ReferenceEquals(outcome.Identity, current))
            State = State with { Identity = VotingDefects.After(Defect, current, outcome.Identity.WithoutHistory(), envelope.Command) };
        if (outcome.Refused is null)
            State = State with { Done = IdempotencyKeys.Remember(State.Done, envelope, outcome.GrantId) };
        return new(outcome.Refused, null, outcome.GrantId);
    }

    public void Wake() => State = ApprovalRules.Reconsider(State.AsOf(Now), Context(new("", "system", new IdentityCommand.ResumeIdentity("")))) with { Outbox = AuditOutbox.Empty };

    /// <summary>What is stored is all that is left.</summary>
    public void Restart() => State = State with
    {
        Identity = JsonSerializer.Deserialize<Identity>(JsonSerializer.SerializeToUtf8Bytes(Identity, Canonical.Json), Canonical.Json),
    };

    public PeopleDirectory Directory => new(
        Groups.ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Value], StringComparer.Ordinal),
        [.. Delegations.Select(Always)],
        [],
        Departed.ToDictionary(person => person, _ => DateTimeOffset.MinValue, StringComparer.Ordinal));

    private CommandContext Context(CommandEnvelope envelope) => new(Id, envelope.Actor, $"g{++_ids}", new(Policy.Set, "", Now, ""), Platforms, Now)
    {
        IsAgent = envelope.IsAgent,
        Subject = envelope.Subject,
        People = VotingDefects.Told(Defect, Directory, EverInGroup(), Ever()),
        KnowsPeople = KnowsPeople,
        MeanwhileGrantId = $"g{_ids}-m",
    };

    private static Delegation Always((string From, string To) one) => new(one.From, one.To, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    private IEnumerable<Delegation> Ever()
    {
        EverDelegated.UnionWith(Delegations);
        return EverDelegated.Select(Always);
    }

    private Dictionary<string, HashSet<string>> EverInGroup()
    {
        foreach (var group in Groups)
            _everInGroup[group.Key].UnionWith(group.Value);
        return _everInGroup;
    }

    private static ApprovalRequirement Within(params ApprovalSeats[] seats) => new(seats, AnswerWithin);
}
