using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>What has to answer before a command can be decided: what takes away, or says no, works without policy and directory: pure.</summary>
internal static class CommandNeeds
{
    /// <summary>For commands that nothing of policy is asked for: it would permit nothing.</summary>
    public static PolicyVersion Unasked { get; } = new(PolicySet.Empty, PolicySet.Empty.Version, default, "");

    /// <summary>Whether the set in force matters, unless it <see cref="DecidesAnew"/>. A command that is not known here may need it.</summary>
    public static bool Policy(IdentityCommand? command) => command is not (
        IdentityCommand.SetIntent { Entitlements.Count: 0 } or IdentityCommand.RevokeGrant or IdentityCommand.SuspendIdentity or IdentityCommand.ResumeIdentity
        or IdentityCommand.OffboardIdentity or IdentityCommand.OwnerDeparted or IdentityCommand.OwnerReturned or IdentityCommand.ClearRisk
        or IdentityCommand.RejectGrant or IdentityCommand.WithdrawApproval or IdentityCommand.UseGrant or IdentityCommand.CloseReview
        or IdentityCommand.RejectException or IdentityCommand.WithdrawExceptionApproval or IdentityCommand.EndException or IdentityCommand.ReviewException);

    /// <summary>
    /// Whether it gives back what is to be decided first, with the signals that came while nothing was given: then it needs all that a
    /// decision needs.
    /// </summary>
    public static bool DecidesAnew(IdentityState state, IdentityCommand command) =>
        command is IdentityCommand.ResumeIdentity && state is { RisksBefore: not null, Identity.Status: IdentityStatus.Suspended };

    /// <summary>Whether it decides something by the rules, which may look at the groups of who asks.</summary>
    public static bool Decides(IdentityCommand? command) => command is null or IdentityCommand.RequestAccess or IdentityCommand.RenewGrant
        or IdentityCommand.SetIntent or IdentityCommand.UpdateIdentity or IdentityCommand.TransferOwnership;

    /// <summary>Whether it asks for more than there is, which nobody does who has departed.</summary>
    public static bool AskForMore(IdentityCommand command) => command is IdentityCommand.RequestAccess or IdentityCommand.RenewGrant
        or IdentityCommand.SetIntent { Entitlements.Count: > 0 } or IdentityCommand.RequestException;
}
