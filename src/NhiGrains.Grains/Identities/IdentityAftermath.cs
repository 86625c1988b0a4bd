using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// What an identity does around a write: the due entry before it; enforcement, audit and catalog after it; and the exact due
/// time at the end. One for each activation.
/// </summary>
internal sealed class IdentityAftermath(BackgroundWork work, TimeProvider time, ILogger<IdentityAftermath> logger)
{
    /// <summary>How long after a write the identity looks whether everything that it owes was done.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    // Who asks what is wanted on a platform, to take it away there, waits behind what is told. What is not waited for is told again.
    private static readonly TimeSpan TellPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(2);

    private string _id = "";
    private IGrainFactory? _grains;
    private Func<Task> _confirm = () => throw new InvalidOperationException("Begin was not called.");
    private IExpiryShardGrain? _due;
    private ICatalogShardGrain? _catalog;
    private DateTimeOffset? _scheduled;
    private bool _scheduleKnown;
    private bool _published;
    private string? _checkedOwner;
    private DateTimeOffset _askOwnerFrom;
    private readonly AuditDelivery _audit = new();

    private IGrainFactory Grains => _grains ?? throw new InvalidOperationException("Begin was not called.");

    // Kept: making a reference costs more than the call.
    private IExpiryShardGrain Due => _due ??= Grains.GetGrain<IExpiryShardGrain>(Shards.Of(_id));

    private ICatalogShardGrain Catalog => _catalog ??= Grains.GetGrain<ICatalogShardGrain>(Shards.Of(_id));

    /// <param name="confirm">
    /// Makes sure that what is known here is what is stored: who was frozen while another silo took over must not move a due
    /// entry that the other one put there.
    /// </param>
    public void Begin(string id, IGrainFactory grains, Func<Task> confirm) => (_id, _grains, _confirm) = (id, grains, confirm);

    /// <summary>Without the audit events that are known to be in the log, and the check of the owner that is known to be done.</summary>
    public IdentityState Stamp(IdentityState next) => next with
    {
        Outbox = _audit.Rest(next.Outbox),
        Revision = next.Revision + 1,
        OwnerUnchecked = next.OwnerUnchecked && next.Identity?.Profile.Owner.Person != _checkedOwner,
    };

    /// <summary>Before a write: whatever becomes of it, the identity is woken in time.</summary>
    public async Task Prepare(IdentityState next, DateTimeOffset now)
    {
        var latest = Instants.Earlier(now + LookAgain, NextDue(next, now));
        if (_scheduleKnown && _scheduled <= latest)
            return;
        await Schedule(latest);
    }

    /// <summary>After a write: tells everybody. What fails here is owed still, and is done when the identity is woken.</summary>
    public async Task Act(IdentityState before, IdentityState stored, DateTimeOffset now)
    {
        _published = false;
        if (stored.Identity?.Profile.Owner.Person != before.Identity?.Profile.Owner.Person)
            (_checkedOwner, _askOwnerFrom) = (null, default);
        if (stored.Identity?.OverdueAt is not null && before.Identity?.OverdueAt is null)
            logger.LogWarning("The offboarding of identity {Identity} is overdue; its owner is {Owner}", _id, stored.Identity.Profile.Owner);
        foreach (var (platform, wanted) in stored.Wanted)
        {
            if (!before.Wanted.TryGetValue(platform, out var old) || old.Generation != wanted.Generation)
                Enforce(platform);
        }

        await Publish(stored, now);
        await Settle(stored, now);
    }

    /// <summary>Does what is owed: after a crash, a lost message, or when a retry is due.</summary>
    public async Task CatchUp(IdentityState stored, DateTimeOffset now)
    {
        // Woken before its time: the index says something else than what was put there.
        if (_scheduled is null || _scheduled > now)
            (_scheduleKnown, _published) = (false, false);
        foreach (var platform in stored.Wanted.Keys.Where(platform => stored.RetryAt(platform) is { } retry ? retry <= now : stored.IsUnsettled(platform)))
            Enforce(platform);
        if (!_published)
            await Publish(stored, now);
        await Settle(stored, now);
    }

    /// <summary>What was answered is stored; what is owed beside it is done when the identity is woken.</summary>
    public void Later(Exception fault) => logger.LogWarning(fault, "Identity {Identity} could not be decided anew with its signals; it tries again", _id);

    /// <summary>Whether who asked for what waits is here could not be asked, so it waits on.</summary>
    public void WaitsOn(Exception fault) => logger.LogWarning(fault, "Identity {Identity} could not ask whether those are here who asked for what waits; it waits on", _id);

    /// <summary>Moves the due entry to the next instant at which something is due, or takes it away.</summary>
    public async Task Settle(IdentityState stored, DateTimeOffset now)
    {
        var due = _published ? NextDue(stored, now) : Instants.Earlier(now + LookAgain, NextDue(stored, now));
        // An entry that is too early is harmless while enforcement is at work: its report comes here again.
        if (_scheduleKnown && (due == _scheduled || (_scheduled < due && stored.Unsettled.Any(platform => stored.RetryAt(platform) is null))))
            return;
        try
        {
            await _confirm();
            await Schedule(due);
        }
        catch (Exception fault)
        {
            // The old entry stays and wakes the identity earlier than needed; the change that was stored is none the worse.
            logger.LogWarning(fault, "Identity {Identity} could not move its due time; the old one holds", _id);
        }
    }

    private static DateTimeOffset? NextDue(IdentityState stored, DateTimeOffset now)
    {
        if (stored.Identity is not { } identity)
            return null;
        var owed = stored.Wanted.Select(wanted => stored.RetryAt(wanted.Key) is { } retry
            ? retry
            : stored.IsUnsettled(wanted.Key) ? now + LookAgain : (DateTimeOffset?)null);
        var review = RiskReviews.IsDue(stored) ? now + LookAgain : (DateTimeOffset?)null;
        return owed.Append(review).Append(DueTimes.NextDue(identity, now)).Min();
    }

    private async Task Schedule(DateTimeOffset? due)
    {
        _scheduleKnown = false;
        await Due.Schedule(_id, due);
        (_scheduled, _scheduleKnown) = (due, true);
    }

    // One way, and nobody waits: a message that is lost is sent again while the platform is unsettled.
    private void Enforce(string platform)
    {
        Grains.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(platform, _id)).Converge().Ignore();
        work.Sent();
    }

    private async Task Publish(IdentityState stored, DateTimeOffset now)
    {
        try
        {
            var audit = _audit.Deliver(stored.Outbox, Grains, AuditSources.OfIdentity(_id), Shards.Of(_id));
            var catalog = Catalog.Put(CatalogRows.Of(stored, now));
            var release = stored.Identity is { Status: IdentityStatus.Retired } retired ? Release(retired) : Task.CompletedTask;
            await Task.WhenAll(audit, catalog, release).Within(TellPatience, time);
            _published = await CheckOwner(stored, now);
        }
        catch (Exception fault)
        {
            // The change is stored and stays; its due entry brings the identity back to tell of it.
            logger.LogWarning(fault, "Identity {Identity} could not tell of its change; it tries again", _id);
        }
    }

    /// <summary>
    /// A row that came too late for the review of a departure was not found by it. But then the departure was stored before the row,
    /// and is seen here, after it: one of both always sees the other.
    /// </summary>
    /// <returns>Whether nothing is owed: false until the identity knows that its owner has departed.</returns>
    private async Task<bool> CheckOwner(IdentityState stored, DateTimeOffset now)
    {
        if (!stored.OwnerUnchecked || stored.Identity is not { } identity || identity.Profile.Owner.Person == _checkedOwner)
            return true;
        // Not with every change: each would wait for a directory that does not answer.
        if (now < _askOwnerFrom)
            return false;
        _askOwnerFrom = now + LookAgain;
        var person = identity.Profile.Owner.Person;
        if (identity.Orphaned is null && identity.Status != IdentityStatus.Retired && await OwnerCommands.TellOfDeparture(Grains, identity.Id, person).Within(AskPatience, time))
            return false;
        _checkedOwner = person;
        return true;
    }

    private Task Release(Identity retired) => Task.WhenAll(retired.Profile.Bindings.Select(binding =>
        Grains.GetGrain<IPrincipalGrain>(PrincipalKeys.Of(binding.Platform, binding.Principal)).Release(_id)));
}
