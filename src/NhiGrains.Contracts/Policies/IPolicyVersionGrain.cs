using NhiGrains.Domain.Policies;

namespace NhiGrains.Contracts.Policies;

/// <summary>The content of one version of a policy set, which never changes; the key is the version.</summary>
[Alias("nhi.policy-version")]
public interface IPolicyVersionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps the content; durable when it returns. What is to be in force is told to the audit as well, once, and before this returns.
    /// </summary>
    [Alias("put")]
    Task Put(PolicyContentOrder order);

    /// <summary>Null when there is no such version.</summary>
    [Alias("get")]
    Task<PolicyStored?> Get();

    /// <summary>Removes a candidate that nobody simulates any more; what was to be in force stays for good.</summary>
    [Alias("forget")]
    Task Forget();
}

/// <param name="SetName">The policy set whose audit shard is told.</param>
/// <param name="InForce">Whether it is about to be in force; otherwise it is a candidate, which nobody can roll back to.</param>
public sealed record PolicyContentOrder(PolicySet Set, string Actor, string SetName, bool InForce);

/// <param name="WasInForce">Whether it ever was, or was about to be.</param>
public sealed record PolicyStored(PolicySet Set, bool WasInForce);
