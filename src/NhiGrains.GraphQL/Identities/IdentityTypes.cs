using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;
using NhiGrains.GraphQL.Approvals;
using NhiGrains.GraphQL.BreakGlass;
using NhiGrains.GraphQL.Drift;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Exceptions;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Policies;
using NhiGrains.GraphQL.Risk;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Identities;

internal sealed class IdentityKindType() : DescribedEnum<IdentityKind>("IdentityKind", "What sort of non-human identity it is.",
    (IdentityKind.ServiceAccount, "An account of a service."),
    (IdentityKind.WorkloadIdentity, "A workload that a platform attests."),
    (IdentityKind.ApiKey, "A key for an API."),
    (IdentityKind.Certificate, "A client certificate."),
    (IdentityKind.Bot, "A bot."),
    (IdentityKind.AiAgent, "An AI agent."));

internal sealed class IdentityStatusType() : DescribedEnum<IdentityStatus>("IdentityStatus", "Where an identity is in its life.",
    (IdentityStatus.Active, "Has its intent and its grants."),
    (IdentityStatus.Suspended, "Has no access until it is resumed; grants go on running out."),
    (IdentityStatus.Offboarding, "Everything is being revoked everywhere."),
    (IdentityStatus.Retired, "Read back as without access on every platform. The end."));

internal sealed class IdentityType : Described<IdentityView>
{
    public IdentityType()
        : base("Identity", "One non-human identity.")
    {
        Interface<NodeType>();
        Show("id", Of.Id, "The global id.", view => NodeIds.Of("Identity", view.Identity.Id));
        Show("identityId", Of.Text, "The id that it was registered with, for example 'billing-worker'.", view => view.Identity.Id);
        Show("kind", Of.One<IdentityKindType>(), "What sort it is.", view => view.Identity.Profile.Kind);
        Show("status", Of.One<IdentityStatusType>(), "Where it is in its life.", view => view.Identity.Status);
        Show("owner", Of.One<OwnerType>(), "Who is accountable.", view => view.Identity.Profile.Owner);
        Show("orphaned", Of.Maybe<OrphanedType>(), "Set while its owner has departed and nobody has taken it over.", view => view.Identity.Orphaned);
        Show("registeredUnder", Of.Maybe<StringGraphType>(), "The version of the policy set that was in force when it was registered; null when that was not kept yet.", view => view.Identity.RegisteredUnder);
        Show("environment", Of.Text, "For example 'production'.", view => view.Identity.Profile.Environment);
        Show("tags", Of.Many<TagType>(), "What else policy may look at.", view => TagType.List(view.Identity.Profile.Tags));
        Show("bindings", Of.Many<BindingType>(), "Which principal it is on each platform.", view => view.Identity.Profile.Bindings);
        Show("intent", Of.One<IntentType>(), "What it has for as long as it is active.", view => view.Identity.Intent);
        Show("grants", Of.Many<GrantType>(), "Its grants, oldest first.", (view, context) => GrantsOf(view, context))
            .Argument(Of.MaybeMany<GrantStatusType>(), "status", argument => argument.Description = "Only grants in one of these.");
        Show("platforms", Of.Many<EnforcementType>(), "What is known of its access on each platform.",
            view => view.Platforms.Select(report => new EnforcementNode(view.Identity.Id, report)));
        Show("reviews", Of.Many<BreakGlassReviewType>(), $"Reviews of its emergency access: all that are open, and the last {BreakGlassRules.MaxClosed} that are closed.", view => view.Identity.Reviews.Select(review => new ReviewNode(view, review)));
        Show("exceptions", Of.Many<PolicyExceptionType>(), $"Its departures from policy: all that are open, and the last {ExceptionRules.MaxEnded} that are over.", view => view.Identity.Exceptions.Select(exception => new ExceptionNode(view, exception)));
        Show("risks", Of.Many<RiskSignalType>(), "What was noticed about it and is not over, oldest first; what was cleared as well.", view => view.Identity.Risks);
        Show("risk", Of.Maybe<RiskSeverityType>(), "The worst of 'risks' that was not cleared; null when there is none.", view => RiskRules.Worst(view.Identity));
        Show("offboardedAt", Of.Maybe<InstantType>(), "When its offboarding began.", view => view.Identity.OffboardedAt);
        Show("overdueAt", Of.Maybe<InstantType>(), $"When it was found that its offboarding was not done within {Identity.ManualTime.TotalDays:0} days; null when it was, or may still be.", view => view.Identity.OverdueAt);
        Show("generation", Of.Long, "Grows with every change of what is wanted.", view => view.Identity.Generation);
        Show("policyGraceUntil", Of.Maybe<InstantType>(), "Until when it has more than the policy set permits; null when it does not, or when nothing is done about it.", view => view.Identity.PolicyGrace?.Until);
        Show("sequence", Of.Long, "Grows with every audited change.", view => view.Sequence);
    }

    private static IEnumerable<GrantNode> GrantsOf(IdentityView view, IResolveFieldContext context)
    {
        var wanted = context.GetArgument<Domain.Grants.GrantStatus[]?>("status");
        return view.Identity.Grants.Where(grant => wanted?.Contains(grant.Status) ?? true).Select(grant => new GrantNode(view, grant));
    }
}

internal sealed class OwnerType : Described<Owner>
{
    public OwnerType()
        : base("Owner", "Who is accountable.")
    {
        Show("person", Of.Text, "A person.", owner => owner.Person);
        Show("team", Of.Text, "The team that inherits when the person leaves.", owner => owner.Team);
    }
}

internal sealed class OrphanedType : Described<Orphaned>
{
    public OrphanedType()
        : base("Orphaned", "The owner has departed. The team is accountable, and gives the identity a new owner with 'transferOwnership'; otherwise it is suspended.")
    {
        Show("person", Of.Text, "Who has departed.", orphaned => orphaned.Person);
        Show("since", Of.Time, "When.", orphaned => orphaned.Since);
        Show("deadline", Of.Time, "When it is suspended, or was.", orphaned => orphaned.Deadline);
    }
}

internal sealed class BindingType : Described<Binding>
{
    public BindingType()
        : base("Binding", "Which principal an identity is on a platform.")
    {
        Show("platform", Of.Text, "The platform's id.", binding => binding.Platform);
        Show("principal", Of.Text, "The platform's name of the principal; for Kubernetes 'namespace/serviceaccount'.", binding => binding.Principal);
        Show("nativeId", Of.Maybe<StringGraphType>(), "The platform's immutable id, once it was observed.", binding => binding.NativeId);
        Show("createIfMissing", Of.Bool, "Whether NhiGrains may create the principal.", binding => binding.CreateIfMissing);
    }
}

internal sealed class IntentType : Described<Intent>
{
    public IntentType()
        : base("Intent", "The standing access of an identity.")
    {
        Show("entitlements", Of.Many<EntitlementType>(), "What it may do; empty for nothing.", intent => intent.Entitlements);
        Show("decision", Of.Maybe<DecisionType>(), "What permits it; null for an empty intent.", intent => intent.Decision);
        Show("approvals", Of.Many<ApprovalType>(), "Who approved it; empty when policy permitted it without.", intent => intent.Approvals);
    }
}
