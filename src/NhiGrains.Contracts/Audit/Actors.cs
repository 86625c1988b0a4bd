using NhiGrains.Domain.Approvals;

namespace NhiGrains.Contracts.Audit;

/// <summary>Who acts besides the people and programs whose tokens name them. They are stored: they never change.</summary>
public static class Actors
{
    /// <summary>What happens by itself.</summary>
    public const string System = Agents.System;

    public const string PolicyFile = "system:policy-file";

    public const string Demo = "system:demo";

    /// <summary>A signed event that tells of people.</summary>
    public const string PeopleEvents = "system:people-events";

    /// <summary>Whoever may sign events of risk.</summary>
    public const string RiskEvents = "system:risk-events";

    private const string Identity = Agents.Identity;

    public static string OfIdentity(string identityId) => Identity + identityId;

    /// <summary>Whether a name is one of these, so that no token may have it as its subject.</summary>
    public static bool AreNamed(string subject) =>
        subject is System or PolicyFile or Demo or PeopleEvents or RiskEvents || subject.StartsWith(Identity, StringComparison.Ordinal);
}
