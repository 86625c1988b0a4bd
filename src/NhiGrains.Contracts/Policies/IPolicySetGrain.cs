using NhiGrains.Domain.Policies;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Policies;

/// <summary>The versions of a policy set; the key is its name.</summary>
[Alias("nhi.policy-set")]
public interface IPolicySetGrain : IGrainWithStringKey
{
    /// <summary>The set in force; the empty set, which denies everything, before one was applied.</summary>
    [AlwaysInterleave] // Every command of every identity asks.
    [Alias("current")]
    Task<PolicyVersion> Current();

    /// <summary>Puts a set in force. The same content again changes nothing.</summary>
    [Alias("apply")]
    Task<PolicyVersion> Apply(PolicySet set, string actor);
}

public sealed record PolicyVersion(PolicySet Set, string Version, DateTimeOffset InForceSince, string AppliedBy);

public static class PolicySets
{
    /// <summary>The name of the set that decides.</summary>
    public const string Main = "main";
}
