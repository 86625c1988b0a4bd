using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Grains.Audit;

/// <summary>
/// Events that were stored with the state that they tell of, and are not yet known to be in the audit log. They travel with
/// the state, so that a change without its entry cannot exist for long, and a repeated delivery is recognised by its number.
/// </summary>
/// <param name="Sequence">The number of the last event that was ever made.</param>
[GenerateSerializer]
[Alias("nhi.audit-outbox")]
internal sealed record AuditOutbox([property: Id(0)] long Sequence, [property: Id(1)] AuditEvent[] Pending)
{
    public static AuditOutbox Empty { get; } = new(0, []);

    public AuditOutbox Add(AuditEvent change) => new(Sequence + 1, [.. Pending, change with { SourceSequence = Sequence + 1 }]);

    /// <summary>Without what the log is known to have.</summary>
    public AuditOutbox Without(long upTo) =>
        Pending.Length == 0 || Pending[0].SourceSequence > upTo ? this : this with { Pending = [.. Pending.Where(e => e.SourceSequence > upTo)] };
}

/// <summary>Brings a grain's outbox into the log, and knows how far the log has it. One for each activation.</summary>
internal sealed class AuditDelivery
{
    /// <summary>For a log that does not answer: whoever waits for a change waits for longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private long _delivered;
    private bool _isFailing;
    private IAuditShardGrain? _log;

    /// <summary>What the log is not known to have, to be stored with the next state.</summary>
    public AuditOutbox Rest(AuditOutbox outbox) => outbox.Without(_delivered);

    /// <summary>When it returns, everything up to the outbox's sequence is in the log. Nothing is sent twice by one activation.</summary>
    /// <param name="shard">That of the identity that it is about, so that its whole story is in one shard and in order.</param>
    public async Task Deliver(AuditOutbox outbox, IGrainFactory grains, string source, int shard)
    {
        var rest = Rest(outbox);
        _log ??= grains.GetGrain<IAuditShardGrain>(shard);
        if (rest.Pending.Length > 0)
            await _log.Append(new(source, rest.Pending));
        _delivered = Math.Max(_delivered, outbox.Sequence);
    }

    /// <summary>
    /// The same for who goes on whether or not the log takes it, and comes back to it: what was not delivered is owed still. A fault is
    /// told when it begins and when it is over.
    /// </summary>
    public async Task TryDeliver(AuditOutbox outbox, IGrainFactory grains, string source, TimeProvider time, ILogger logger)
    {
        try
        {
            await Deliver(outbox, grains, source, Shards.Of(source)).Within(Patience, time);
            if (_isFailing)
                logger.LogInformation("The audit has what {Source} has to tell again", source);
            _isFailing = false;
        }
        catch (Exception fault)
        {
            if (!_isFailing)
                logger.LogWarning(fault, "{Source} could not tell the audit of its change; it tries again", source);
            _isFailing = true;
        }
    }
}
