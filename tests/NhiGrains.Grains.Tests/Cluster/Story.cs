using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>What the audit tells.</summary>
internal static class Story
{
    /// <summary>The entries of one identity, after the whole shard was verified.</summary>
    public static async Task<IReadOnlyList<AuditEntry>> Of(TwoSilos silos, string identityId)
    {
        // The catalog is told beside the audit: what can be seen there is in the audit when the turn that tells them is over.
        await silos.Identity(identityId).Get();
        var entries = await Verified(silos, Shards.Of(identityId));
        return [.. entries.Where(entry => entry.Event.Source == $"identity/{identityId}" || entry.Event.Details.GetValueOrDefault("identity") == identityId)];
    }

    public static async Task<IReadOnlyList<AuditEntry>> Verified(TwoSilos silos, int shard)
    {
        var page = await silos.Grains.GetGrain<IAuditShardGrain>(shard).Read(0, int.MaxValue);
        Assert.Null(AuditChain.Verify(shard, page.Entries, page.Head));
        return page.Entries;
    }
}
