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
internal sealed record AuditOutbox([property: Id(0)] long Sequence, [property: Id(1)] IReadOnlyList<AuditEvent> Pending)
{
    public static AuditOutbox Empty { get; } = new(0, []);

    public AuditOutbox Add(AuditEvent change) => new(Sequence + 1, [.. Pending, change with { SourceSequence = Sequence + 1 }]);

    /// <summary>Without what the log is known to have.</summary>
    public AuditOutbox Without(long upTo) =>
        Pending.Count == 0 || Pending[0].SourceSequence > upTo ? this : this with { Pending = [.. Pending.Where(e => e.SourceSequence > upTo)] };

    /// <summary>Sends what is pending. When it returns, everything up to <see cref="Sequence"/> is in the log.</summary>
    public async Task<long> Send(IGrainFactory grains, string source)
    {
        if (Pending.Count > 0)
            await grains.GetGrain<IAuditShardGrain>(Shards.Of(source)).Append(new(source, Pending));
        return Sequence;
    }
}
