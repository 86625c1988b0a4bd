using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Identities;

/// <summary>The standing access of an identity, with the decision that permits it.</summary>
public sealed record Intent(IReadOnlyList<Entitlement> Entitlements, Decision? Decision)
{
    public static Intent Empty { get; } = new([], null);

    /// <summary>Who asked for it: it is decided anew as theirs. Null in states from before that was kept.</summary>
    public string? SetBy { get; init; }

    /// <summary>Who approved it, each in their seat; empty when policy permitted it without, and in states from before standing access could wait.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    public static Intent Of(IntentGrant agreed) => new(agreed.Decision.Entitlements, agreed.Decision) { SetBy = agreed.Request.RequestedBy, Approvals = agreed.Approvals };
}

/// <summary>
/// One NHI as a value. Every change makes a new value with a higher <see cref="Generation"/>; nothing here reads a
/// clock, and access is derived from what is stored and the time that is passed in, so a late timer never gives access.
/// </summary>
public sealed record Identity(
    string Id,
    IdentityProfile Profile,
    IdentityStatus Status,
    Intent Intent,
    IReadOnlyList<Grant> Grants,
    long Generation)
{
    /// <summary>Live and waiting grants of one identity; its state stays small.</summary>
    public const int MaxOpenGrants = 100;

    /// <summary>So many more are possible in an emergency: ordinary requests do not lock it out.</summary>
    public const int EmergencyReserve = 10;

    /// <summary>Ended grants that are still shown; older ones are history, which the audit log has.</summary>
    public const int MaxEndedGrants = 20;

    /// <summary>How long the owner of an identity that is offboarded has for what only a person can do.</summary>
    public static readonly TimeSpan ManualTime = TimeSpan.FromDays(7);

    /// <summary>When its offboarding began; null before, and in states from before that was kept.</summary>
    public DateTimeOffset? OffboardedAt { get; init; }

    /// <summary>When it was found that its offboarding was not done within <see cref="ManualTime"/>; null before, and when it was.</summary>
    public DateTimeOffset? OverdueAt { get; init; }

    /// <summary>When it was resumed last; null when it never was, and in states from before that was kept.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    /// <summary>Set while its owner has departed and nobody has taken it over.</summary>
    public Orphaned? Orphaned { get; init; }

    /// <summary>The version of the policy set that was in force when it was registered; null in states from before that was kept.</summary>
    public string? RegisteredUnder { get; init; }

    /// <summary>What was noticed about it and is not over, in the order in which it was told; see <see cref="RiskRules"/>.</summary>
    public IReadOnlyList<RiskSignal> Risks { get; init; } = [];

    /// <summary>Signals that were cleared and have made room for others, at most <see cref="RiskRules.MaxSettled"/>; null for none.</summary>
    public IReadOnlyList<SettledRisk>? SettledRisks { get; init; }

    /// <summary>Until when it has more than the policy set permits; null when it does not, or when nothing is done about it.</summary>
    public PolicyGrace? PolicyGrace { get; init; }

    /// <summary>What is owed, or was found lately, after emergency access; see <see cref="BreakGlassRules"/>.</summary>
    public IReadOnlyList<BreakGlassReview> Reviews { get; init; } = [];

    /// <summary>Who was handed credentials that may not be over yet, once a person and a grant; null for nobody. See <see cref="BreakGlassRules.Use"/>.</summary>
    public IReadOnlyList<CredentialHolder>? Holders { get; init; }

    /// <summary>Its departures from policy, in the order in which they were asked for; see <see cref="ExceptionRules"/>.</summary>
    public IReadOnlyList<PolicyException> Exceptions { get; init; } = [];

    /// <summary>The source of standing access in a desired state; a grant's is its id.</summary>
    public const string IntentSource = "intent";

    public static Result<Identity> Register(string id, IdentityProfile profile)
    {
        var refusal = Names.CheckIdentityId(id) ?? Names.CheckProfile(profile) ?? OwnerRules.CheckNames(profile.Owner);
        return refusal is null
            ? new Identity(id, profile, IdentityStatus.Active, Intent.Empty, [], 1)
            : refusal;
    }

    /// <summary>Something that a client has read may be out of date by now: null when it is not, or when it does not matter.</summary>
    public Refusal? CheckGeneration(long? expected) => expected is null || expected == Generation
        ? null
        : new("GENERATION_CONFLICT", $"The identity is at generation {Generation} and not at {expected}: it has changed since it was read.", "Read it again, and decide anew.", "expectedGeneration");

    public Result<Identity> Update(ProfileChanges changes) => Update(Profile.With(changes));

    private Result<Identity> Update(IdentityProfile profile) =>
        Names.CheckProfile(profile) is { } refusal ? refusal
        : Status is IdentityStatus.Retired or IdentityStatus.Offboarding ? NotWhile("updated")
        : profile.Bindings.FirstOrDefault(b => Profile.Bindings.Any(old => old.Platform == b.Platform && old.Principal != b.Principal)) is { } moved
            ? new Refusal("BINDING_IN_USE", $"The identity is bound to another principal on {moved.Platform}.", "Offboard it and register a new identity.", "bindings")
        : Profile.Bindings.FirstOrDefault(old => profile.Bindings.All(b => b.Platform != old.Platform)) is { } dropped
            ? new Refusal("BINDING_IN_USE", $"The binding on {dropped.Platform} cannot be dropped while the identity lives.", "Offboard the identity.", "bindings")
        : Next(this with { Profile = profile with { Bindings = [.. profile.Bindings.Select(Known)] } });

    /// <summary>Another intent that still waits is not wanted any more.</summary>
    /// <param name="by">Who says so now; null for who asked for the intent, which may be another one who had it agreed to long ago.</param>
    public Result<Identity> SetIntent(Intent intent, DateTimeOffset now, string? by = null) =>
        Status == IdentityStatus.Active ? Next(this.WithoutWaitingIntent(by ?? intent.SetBy, now) with { Intent = intent }) : NotWhile("given an intent");

    /// <summary>Adds a request that was just decided, in the state that the decision gives it.</summary>
    public Result<Identity> Add(Grant grant) =>
        Status != IdentityStatus.Active ? NotWhile("granted access")
        : Grants.Count(IsOpen) >= MaxOpenGrants + (grant.Request.BreakGlass ? EmergencyReserve : 0) ? new Refusal("TOO_MANY_GRANTS", $"The identity has {MaxOpenGrants} open grants.", "Revoke some, or give it an intent.", "id")
        : Grants.Any(g => g.Id == grant.Id) ? new Refusal("DUPLICATE_GRANT", "A grant with that id exists.", "Use another id.", "id")
        : BreakGlassRules.CheckOpening(this, grant) is { } refusal ? refusal
        : Next(this.Opened(grant) with { Grants = [.. Grants, grant] });

    /// <param name="by">Who asked for it.</param>
    public Result<Identity> Renew(string grantId, Decision decision, IReadOnlyList<VerifiedEvidence> evidence, string by, DateTimeOffset now) =>
        Status != IdentityStatus.Active ? NotWhile("renewed")
        : Find(grantId) is not ActiveGrant grant || !grant.IsAlive(now) ? new Refusal("NOT_ACTIVE", "Only a grant that is active can be renewed.", "Request access anew.", "grantId")
        : Next(Replace(grant.Renew(decision, evidence, by, now)));

    /// <summary>Begins to revoke one grant. A grant that is being revoked or is gone already: no change.</summary>
    public Result<Identity> Revoke(string grantId, RevocationReason reason, DateTimeOffset now) => Find(grantId) switch
    {
        null => new Refusal("UNKNOWN_GRANT", "The identity has no such grant.", "Ask the query 'grants' for its grants.", "grantId"),
        ActiveGrant grant => Next(Replace(grant.BeginRevocation(reason, now))),
        PendingApprovalGrant grant => this.Answer(grant.Deny(), now),
        _ => this,
    };

    /// <summary>Moves everything on whose time is over at <paramref name="now"/>. The same value when nothing was due.</summary>
    public Identity Expire(DateTimeOffset now)
    {
        if (DueTimes.OverdueOf(this) <= now)
            return (this with { OverdueAt = now }).Expire(now); // Nothing that is wanted changes by it, so the generation stays.
        if (OwnerRules.SuspensionOf(this) <= now)
            return this.SuspendOwnerless(now).Expire(now);
        if (RiskRules.WithoutEnded(this, now) is var calmer && !ReferenceEquals(calmer, this))
            return calmer.Expire(now); // Nor by this: what a signal took away comes back by a person only.
        if (this.ExpireExceptions(now).Escalate(now) is var told && !ReferenceEquals(told, this))
            return told.Expire(now); // What rests on an exception ends with it by its own time.
        var due = DueTimes.DueAt(this, now);
        if (due.Count == 0)
            return this;
        return Next(this with { Grants = AfterStep(grant => !due.Contains(grant.Id) ? grant : grant switch
        {
            ActiveGrant active when active.ExpiresAt <= now => active.BeginRevocation(RevocationReason.Expired, now),
            ActiveGrant late => late.BeginRevocation(RevocationReason.BundleFailed, now) with
            {
                Failure = $"Not there {ActiveGrant.BundleTime.TotalMinutes:0} minutes after it was granted: {string.Join(", ", late.Awaiting)}.",
            },
            PendingApprovalGrant pending => pending.Expire(),
            _ => grant,
        }) });
    }

    /// <summary>A platform was seen with everything that is wanted on it. The same value when no grant was waiting for that.</summary>
    public Identity EstablishedOn(string platform)
    {
        var grants = Grants.Select(grant => grant is ActiveGrant active ? active.EstablishedOn(platform) : grant).ToArray();
        // The desired state is the same as before, so the generation stays.
        return grants.Zip(Grants).All(pair => ReferenceEquals(pair.First, pair.Second)) ? this : this with { Grants = grants };
    }

    /// <summary>A platform refused what is wanted on it: grants that are all or nothing and were not there yet are taken back.</summary>
    public Identity RefusedOn(string platform, string why, DateTimeOffset now)
    {
        var failed = Grants.OfType<ActiveGrant>().Where(active => active.Awaiting.Contains(platform)).Select(active => active.Id).ToHashSet(StringComparer.Ordinal);
        return failed.Count == 0
            ? this
            : Next(this with
            {
                Grants = [.. Grants.Select(grant => grant is ActiveGrant active && failed.Contains(active.Id)
                    ? active.BeginRevocation(RevocationReason.BundleFailed, now) with { Failure = $"{platform}: {why}" }
                    : grant)],
            });
    }

    /// <summary>A platform was read back without any of the given grants' access.</summary>
    public Identity ConfirmGone(string platform, IReadOnlyCollection<string> grantIds, DateTimeOffset now, DateTimeOffset? residualUntil)
    {
        var grants = AfterStep(grant => grant is RevokingGrant revoking && grantIds.Contains(grant.Id) && revoking.PendingPlatforms.Contains(platform)
            ? revoking.ConfirmGone(platform, now, residualUntil)
            : grant);
        // The desired state is the same as before, so the generation stays.
        return grants.SequenceEqual(Grants) ? this : this with { Grants = grants };
    }

    /// <summary>Records the immutable id of a principal when it is first seen. The same value when it is known.</summary>
    public Identity Bind(string platform, string nativeId) =>
        Profile.Bindings.All(binding => binding.Platform != platform || binding.NativeId is not null)
            ? this
            : this with
            {
                Profile = Profile with { Bindings = [.. Profile.Bindings.Select(b => b.Platform == platform ? b with { NativeId = nativeId } : b)] },
            };

    /// <summary>Without the ended grants that are older than the last <see cref="MaxEndedGrants"/>.</summary>
    public Identity WithoutHistory()
    {
        var old = Grants.Where(grant => !IsOpen(grant)).SkipLast(MaxEndedGrants).ToHashSet();
        return old.Count == 0 ? this : this with { Grants = [.. Grants.Where(grant => !old.Contains(grant))], Holders = BreakGlass.Holders.Without(Holders, old) };
    }

    /// <summary>
    /// The grants after a step of each, those that have ended by it behind the others: of those that have ended the first are forgotten
    /// first, and who waits for an end has to see it.
    /// </summary>
    internal IReadOnlyList<Grant> AfterStep(Func<Grant, Grant> step)
    {
        var grants = Grants.Select(grant => (Before: grant, After: step(grant))).ToLookup(pair => IsOpen(pair.Before) && !IsOpen(pair.After), pair => pair.After);
        return [.. grants[false], .. grants[true]];
    }

    /// <summary>The same identity as the next generation: for a change that time alone has made.</summary>
    public Identity AsNextGeneration() => Next(this);

    public Result<Identity> Suspend() => Status switch
    {
        IdentityStatus.Active => Next(this with { Status = IdentityStatus.Suspended }),
        IdentityStatus.Suspended => this,
        _ => NotWhile("suspended"),
    };

    public Result<Identity> Resume(DateTimeOffset now) => Status switch
    {
        IdentityStatus.Suspended when Orphaned is not null => OwnerRules.Ownerless(Orphaned),
        IdentityStatus.Suspended when RiskRules.CheckResume(this) is { } alive => alive,
        IdentityStatus.Suspended => Next(this with { Status = IdentityStatus.Active, ResumedAt = now }),
        IdentityStatus.Active => this,
        _ => NotWhile("resumed"),
    };

    /// <summary>Ends every grant and the intent; the identity is Retired when every platform was read back empty.</summary>
    public Result<Identity> Offboard(DateTimeOffset now)
    {
        if (Status is IdentityStatus.Offboarding or IdentityStatus.Retired)
            return this;
        var grants = AfterStep(grant => grant switch
        {
            ActiveGrant active => active.BeginRevocation(RevocationReason.IdentityOffboarded, now),
            PendingApprovalGrant pending => pending.Deny(),
            _ => grant,
        });
        return Next(this.EndAll("the identity was offboarded", now) with { Status = IdentityStatus.Offboarding, Intent = Intent.Empty, Grants = grants, OffboardedAt = now });
    }

    public Result<Identity> Retire() => Status switch
    {
        IdentityStatus.Offboarding when Grants.All(g => g.Status is not (GrantStatus.Active or GrantStatus.Revoking)) =>
            Next(this with { Status = IdentityStatus.Retired, Orphaned = null }),
        IdentityStatus.Retired => this,
        _ => NotWhile("retired"),
    };

    public Result<Identity> TransferOwnership(Owner owner) => (Names.CheckProfile(Profile with { Owner = owner }) ?? OwnerRules.CheckNames(owner)) is { } refusal
        ? refusal
        : Next(this with { Profile = Profile with { Owner = owner }, Orphaned = null });

    /// <summary>What the identity is to have on a platform: the union of its intent and its live grants (promise 4).</summary>
    public DesiredState? DesiredOn(string platform, DateTimeOffset now)
    {
        if (Profile.Bindings.FirstOrDefault(b => b.Platform == platform) is not { } binding)
            return null;
        var ending = Grants.OfType<RevokingGrant>().Where(g => g.PendingPlatforms.Contains(platform)).ToArray();
        return new(Id, platform, binding, Generation,
            PrincipalWanted: Status is IdentityStatus.Active or IdentityStatus.Suspended,
            [.. AccessAt(now).Where(e => e.Entitlement.Platform == platform)],
            [.. ending.Select(g => g.Id)])
        {
            EndedEntitlements = [.. ending.SelectMany(g => g.Decision.Entitlements).Where(e => e.Platform == platform)],
        };
    }

    /// <summary>Everything that is to work at <paramref name="now"/>, on any platform.</summary>
    public IEnumerable<DesiredEntitlement> AccessAt(DateTimeOffset now)
    {
        if (Status != IdentityStatus.Active || OwnerRules.SuspensionOf(this) <= now)
            return [];
        var standing = Intent.Entitlements.Select(e => new DesiredEntitlement(e, IntentSource, e.Conditions.NotAfter));
        var granted = Grants.OfType<ActiveGrant>()
            .Where(grant => grant.IsAlive(now))
            .SelectMany(grant => grant.Entitlements.Select(e => new DesiredEntitlement(e, grant.Id, Instants.Earlier(grant.ExpiresAt, e.Conditions.NotAfter))));
        return standing.Concat(granted).Where(e => !(e.Entitlement.Conditions.NotBefore > now) && !(e.EndsAt <= now));
    }

    /// <summary>Whether policy consents, for everything on a platform that has an end, to an end that only the controller keeps.</summary>
    public bool AllowsControllerEnforcedEnd(string platform, DateTimeOffset now) =>
        AccessAt(now)
            .Where(access => access.EndsAt is not null && access.Entitlement.Platform == platform)
            .All(access => (access.Source == IntentSource ? Intent.Decision : Find(access.Source)?.Decision) is { AllowsControllerEnforcedEnd: true });

    // Who a principal is stays known unless another native id is given: a name alone can be re-used by somebody else.
    private Binding Known(Binding binding) => binding.NativeId is not null ? binding
        : binding with { NativeId = Profile.Bindings.FirstOrDefault(old => old.Platform == binding.Platform)?.NativeId };

    private static bool IsOpen(Grant grant) => grant.Status is GrantStatus.Active or GrantStatus.PendingApproval or GrantStatus.Revoking;

    private Grant? Find(string grantId) => Grants.FirstOrDefault(g => g.Id == grantId);

    private Identity Replace(Grant grant) => this with { Grants = [.. Grants.Select(g => g.Id == grant.Id ? grant : g)] };

    private static Identity Next(Identity identity) => identity with { Generation = identity.Generation + 1 };

    private Refusal NotWhile(string what) =>
        new("WRONG_STATUS", $"The identity is {Status} and cannot be {what}.", "Look at its status first.", "id");
}
