using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Approvals;

/// <summary>What of a decision people agree to when they approve a request; another one of these voids what they have said (promise 10).</summary>
public static class AgreedTo
{
    /// <summary>
    /// The version of the policy and the rules that matched are of it, so that approvals are about the set that they were given under.
    /// What explains a decision is no part of it, nor is what is granted until it is answered. With an exception the lifetime gets
    /// shorter by the moment; the end of the exception stays.
    /// </summary>
    public static Decision Of(Decision decision) => decision with
    {
        Lifetime = decision.Exceptions.Count > 0 ? TimeSpan.Zero : decision.Lifetime,
        Reasons = [],
        InputDigest = "",
        Meanwhile = null,
        Fidelities = [],
        Findings = [],
        Notify = [],
    };
}
