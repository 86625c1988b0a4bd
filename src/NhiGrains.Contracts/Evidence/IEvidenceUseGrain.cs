namespace NhiGrains.Contracts.Evidence;

/// <summary>
/// Which identity each piece of evidence was used for: one of several is a replay for any other. The key is the shard that
/// <see cref="EvidenceUses.ShardOf"/> gives; what stopped counting is forgotten, so a shard holds only what is alive.
/// </summary>
[Alias("nhi.evidence-use")]
public interface IEvidenceUseGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes it into use for an identity unless it was for another. Durable when it returns; repeated, it answers the same.
    /// </summary>
    /// <param name="digest">That of the evidence.</param>
    /// <param name="until">When it stops counting, and need not be known any more.</param>
    [Alias("use")]
    Task<EvidenceUse> Use(string digest, string identityId, DateTimeOffset until);
}

public enum EvidenceUse
{
    /// <summary>It is this identity's.</summary>
    Own,

    /// <summary>It was used for another identity.</summary>
    OfAnother,

    /// <summary>More is in use than can be remembered, so nobody knows whose it would be: it does not count.</summary>
    NoRoom,
}

public static class EvidenceUses
{
    /// <summary>
    /// One of 4,096, by the first characters of the digest, so that each stays small: with 100 tokens a second that live for an hour, a
    /// shard holds 88.
    /// </summary>
    public static string ShardOf(string digest) => digest[..3];
}
