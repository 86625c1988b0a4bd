namespace NhiGrains.Contracts.Evidence;

/// <summary>Which identity a piece of evidence was used for; the key is its digest. Evidence of one identity is a replay for any other.</summary>
[Alias("nhi.evidence-use")]
public interface IEvidenceUseGrain : IGrainWithStringKey
{
    /// <summary>Takes it into use for an identity unless it was for another. Durable when it returns.</summary>
    /// <param name="until">When it stops counting, and need not be known any more.</param>
    /// <returns>Whether it is this identity's.</returns>
    [Alias("use")]
    Task<bool> Use(string identityId, DateTimeOffset until);
}
