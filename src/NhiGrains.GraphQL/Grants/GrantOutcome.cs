using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Drift;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

/// <summary>What became of a grant on one platform.</summary>
/// <param name="Report">What is known of the identity there; null when the grant gives nothing there, or no more.</param>
internal sealed record GrantOutcome(PlatformFidelity Fidelity, EnforcementReport? Report)
{
    public static IReadOnlyList<GrantOutcome> Of(GrantNode node)
    {
        string[] concerned = node.Grant switch
        {
            ActiveGrant => [.. GrantWaits.Platforms(node.Grant)],
            RevokingGrant revoking => [.. revoking.PendingPlatforms],
            _ => [],
        };
        return [.. node.Grant.Decision.Fidelities.Select(fidelity => new GrantOutcome(
            fidelity,
            concerned.Contains(fidelity.Platform) ? node.Identity.Platforms.FirstOrDefault(report => report.Platform == fidelity.Platform) : null))];
    }
}

internal sealed class GrantOutcomeType : Described<GrantOutcome>
{
    public GrantOutcomeType()
        : base("GrantOutcome", "What became of a grant on one platform.")
    {
        Show("platform", Of.Text, "The platform's id.", outcome => outcome.Fidelity.Platform);
        Fidelities.ShowOn(this, outcome => outcome.Fidelity.Fidelity);
        Show("status", Of.Maybe<EnforcementStatusType>(), "How far the platform matches what is wanted for the identity; null when the grant gives nothing there, or no more.", outcome => outcome.Report?.Status);
        Show("message", Of.Maybe<StringGraphType>(), "What happened there last, for people.", outcome => outcome.Report?.Message);
    }
}
