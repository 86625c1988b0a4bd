using GraphQL.Types;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

internal sealed record EnforcementNode(string IdentityId, EnforcementReport Report);

internal sealed class EnforcementStatusType() : DescribedEnum<EnforcementStatus>("EnforcementStatus", "How far a platform matches what is wanted for an identity.",
    (EnforcementStatus.Pending, "Not there yet: not yet tried, or the platform has asked to wait; the message says which."),
    (EnforcementStatus.Applied, "Written; not yet read back and probed, or the platform has no authorizer to ask."),
    (EnforcementStatus.Effective, "Written, read back as equal, and confirmed by the platform's own authorizer."),
    (EnforcementStatus.Failed, "The last attempt failed; it is tried again for as long as it takes."),
    (EnforcementStatus.Drifted, "Read back, and different from what is wanted."),
    (EnforcementStatus.ManualActionRequired, "Waits for a person to do what the platform lets nobody else do. From time to time it is tried whether that was done."),
    (EnforcementStatus.Revoking, "Access is being taken away."),
    (EnforcementStatus.Revoked, "Read back as gone."),
    (EnforcementStatus.Unknown, "It could not be read: neither drift, nor its absence, is claimed."));

internal sealed class EnforcementType : Described<EnforcementNode>
{
    public EnforcementType()
        : base("Enforcement", "Bringing one platform to what is wanted for one identity, and what is known of it.")
    {
        Show("platform", Of.Text, "The platform's id.", node => node.Report.Platform);
        Show("status", Of.One<EnforcementStatusType>(), "How far it matches.", node => node.Report.Status);
        Show("generation", Of.Long, "The generation of the identity that this is about.", node => node.Report.Generation);
        Show("message", Of.Text, "What happened last, for people.", node => node.Report.Message);
        Show("principalNativeId", Of.Maybe<StringGraphType>(), "The immutable id of the principal that was seen.", node => node.Report.PrincipalNativeId);
        Show("residualUntil", Of.Maybe<InstantType>(), "Until when what was taken away can still work.", node => node.Report.ResidualUntil);
        Show("observedAt", Of.Maybe<InstantType>(), "When it was last read back.", node => node.Report.ObservedAt);
        Show("retryAt", Of.Maybe<InstantType>(), "When it is tried, or looked at, again; null when nothing is due by itself.", node => node.Report.RetryAt);
        Later("appliedGeneration", Of.Long, "The generation that was last written to the platform.", view => view.AppliedGeneration);
        Later("failedAttempts", Of.Int, "Attempts that have failed in a row.", view => view.FailedAttempts);
        Later("drift", Of.Many<DriftType>(), "The differences that were found and not settled.", view => view.Drift.Select(DriftNode.Of));
    }

    private void Later(string name, Type type, string description, Func<EnforcementView, object?> value) => Show(name, type, description,
        (node, context) => context.Loaders().Enforcement.Later((node.Report.Platform, node.IdentityId), value));
}
