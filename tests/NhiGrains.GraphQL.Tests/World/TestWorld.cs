using System.Collections.Concurrent;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.GraphQL.Tests.World;

/// <summary>What the test's grains hold, in memory and open to the tests.</summary>
public sealed class TestWorld
{
    public ConcurrentDictionary<string, IdentityView> Identities { get; } = [];

    public ConcurrentDictionary<string, EnforcementView> Enforcement { get; } = [];

    public ConcurrentDictionary<string, PlatformView> Platforms { get; } = [];

    /// <summary>How far sinks are, by sink and shard.</summary>
    public ConcurrentDictionary<string, NotificationView> Notifications { get; } = [];

    public ConcurrentDictionary<string, CommandAnswer> Answered { get; } = [];

    public ConcurrentQueue<CommandEnvelope> Commands { get; } = [];

    public TestAuditLog[] Audit { get; } = [.. Enumerable.Range(0, Shards.Count).Select(shard => new TestAuditLog(shard))];

    public PolicySet Policies { get; set; } = new("main",
    [
        new("readers", PolicyEffect.Permit, new(Environments: ["test"]), MaxLifetime: TimeSpan.FromHours(1), OnlyVerbs: [Domain.Entitlements.Verb.List, Domain.Entitlements.Verb.Read], AllowControllerEnforcedEnd: true),
        new("no-secrets", PolicyEffect.Deny, new(ResourcePrefix: "shop/secrets/")),
    ])
    {
        RiskResponses = [new(RiskSeverity.High, ["secret-leaked"])],
    };

    public PeopleDirectory People { get; set; } = PeopleDirectory.Empty;

    /// <summary>Whether the directory answers, who has left for example.</summary>
    public bool DirectoryAnswers { get; set; } = true;

    public IReadOnlyList<OwnershipReview> Reviews { get; set; } = [];

    public ConcurrentQueue<DirectoryEnvelope> DirectoryCommands { get; } = [];

    /// <summary>What was asked of the policy set.</summary>
    public ConcurrentQueue<object> PolicyOrders { get; } = [];

    /// <summary>What a look at all identities found, by its id.</summary>
    public ConcurrentDictionary<string, RolloutView> Rollouts { get; } = [];

    /// <summary>One that ended long ago.</summary>
    public string RemovedRollout { get; } = "long-ago";

    /// <summary>Of each of them.</summary>
    public List<PolicyFinding> Findings { get; } = [];

    /// <summary>How often an identity was read, by id.</summary>
    public ConcurrentDictionary<string, int> Reads { get; } = [];

    /// <summary>Ids of identities whose state the store has lost.</summary>
    public ConcurrentDictionary<string, bool> Lost { get; } = [];

    /// <summary>Runs inside each read of an identity.</summary>
    public Func<Task>? WhileReading { get; set; }

    public TestAuditLog AuditOf(string identityId) => Audit[Shards.Of(identityId)];

    public IEnumerable<CatalogRow> Rows(int shard) => Identities.Values.Where(view => Shards.Of(view.Identity.Id) == shard).Select(RowOf);

    private static CatalogRow RowOf(IdentityView view)
    {
        var profile = view.Identity.Profile;
        return new(view.Identity.Id, view.Sequence, profile.Kind, view.Identity.Status, profile.Owner.Person, profile.Owner.Team, profile.Environment, profile.Tags,
            [.. profile.Bindings.Select(b => new CatalogPlatform(b.Platform, b.Principal,
                view.Platforms.FirstOrDefault(p => p.Platform == b.Platform)?.Status ?? EnforcementStatus.Pending))],
            [.. view.Identity.Grants.Select(grant => new CatalogGrant(grant.Id, grant.Status, (grant as ActiveGrant)?.ExpiresAt,
                [.. grant.Request.Entitlements.Select(e => e.Platform).Distinct()])
            {
                AskedAt = grant is PendingApprovalGrant ? grant.Request.RequestedAt : null,
                Asked = (grant as PendingApprovalGrant)?.Ballot?.GroupsAsked(profile.Owner.Team) ?? [],
            })],
            Orphaned: view.Identity.Orphaned)
        {
            Risk = RiskRules.Worst(view.Identity),
            Reviews = [.. view.Identity.Reviews.Select(review => new CatalogReview(review.GrantId, review.ReviewBy, review.IsOpen))],
            Exceptions = [.. view.Identity.Exceptions.Select(exception => new CatalogException(exception.Name, exception.Status, exception.RequestedAt)
            {
                Asked = exception.Status == ExceptionStatus.Pending ? exception.Ballot.GroupsAsked(profile.Owner.Team) : [],
            })],
        };
    }
}

/// <summary>One shard of the log, whose appends and faults the tests make.</summary>
public sealed class TestAuditLog(int shard)
{
    private readonly Lock _appending = new();
    private readonly List<AuditEntry> _entries = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When set, every read fails with it.</summary>
    public Exception? Fault { get; set; }

    public AuditHead Head
    {
        get
        {
            lock (_appending)
                return _entries.Count == 0 ? AuditHead.Genesis(shard) : AuditChain.HeadAfter(_entries[^1]);
        }
    }

    public Task Grown
    {
        get
        {
            lock (_appending)
                return _grown.Task;
        }
    }

    public AuditEntry Append(AuditEvent change)
    {
        TaskCompletionSource grown;
        AuditEntry entry;
        lock (_appending)
        {
            entry = AuditChain.Append(Head, change with { SourceSequence = _entries.Count + 1 });
            _entries.Add(entry);
            grown = _grown;
            _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        grown.SetResult();
        return entry;
    }

    public IReadOnlyList<AuditEntry> Read(long after, int max)
    {
        if (Fault is { } fault)
            throw fault;
        lock (_appending)
            return [.. _entries.Skip((int)Math.Min(after, int.MaxValue)).Take(max)];
    }
}
