using GraphQL;
using GraphQL.Types;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Approvals;
using NhiGrains.GraphQL.Audit;
using NhiGrains.GraphQL.BreakGlass;
using NhiGrains.GraphQL.Drift;
using NhiGrains.GraphQL.Exceptions;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Notifications;
using NhiGrains.GraphQL.People;
using NhiGrains.GraphQL.Platforms;
using NhiGrains.GraphQL.Policies;
using NhiGrains.GraphQL.Risk;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Roots;

/// <summary>The schema, code-first. Its text is committed as schema.graphql, and a test holds the two together.</summary>
internal sealed class NhiSchema : Schema
{
    public NhiSchema(IServiceProvider services)
        : base(services)
    {
        Query = new QueryRoot();
        Mutation = new MutationRoot();
        Subscription = new SubscriptionRoot();
        Description = "NhiGrains: a control plane for non-human identities.";
    }
}

internal sealed class QueryRoot : ObjectGraphType
{
    public QueryRoot()
    {
        Name = "Query";
        Description = "What is known.";
        Field("node", Of.Maybe<NodeType>())
            .Description("Anything that has a global id; null when it is not there.")
            .Argument(Of.Id, "id", argument => argument.Description = "The global id.")
            .For(Role.Anyone, own: context => NodeIds.OwnerOf(context.GetArgument<string>("id")))
            .ResolveAsync(async context => await FindAsync(context));
        IdentityQueries.AddTo(this);
        GrantQueries.AddTo(this);
        InboxQuery.AddTo(this);
        ExceptionQueries.AddTo(this);
        BreakGlassQueries.AddTo(this);
        DriftQueries.AddTo(this);
        ManualTaskQueries.AddTo(this);
        PlatformQueries.AddTo(this);
        PolicyQueries.AddTo(this);
        PeopleQueries.AddTo(this);
        AuditQueries.AddTo(this);
        NotificationQueries.AddTo(this);
        SimulationQueries.AddTo(this);
        this.GuardFields();
    }

    private static async Task<object?> FindAsync(IResolveFieldContext context)
    {
        var (type, id) = NodeIds.Split(context.GetArgument<string>("id"));
        switch (type)
        {
            case "Identity":
                return await FindIdentityAsync(context, id);
            case "Grant" when id.Split('/') is [var identity, var grant]:
                return GrantNode.Find(await FindIdentityAsync(context, identity), grant);
            case "Platform" when PlatformQueries.CheckKnown(context, id) is null:
                return await context.Loaders().Platforms.GetAsync(id);
            case "AuditEntry":
                context.Caller().Require(Role.Auditor, "node of an AuditEntry");
                return await AuditPages.FindAsync(context.Grains(), id);
            default:
                return null;
        }
    }

    private static async Task<Contracts.Identities.IdentityView?> FindIdentityAsync(IResolveFieldContext context, string id) =>
        Names.CheckIdentityId(id) is null ? await context.Loaders().Identities.GetAsync(id) : null;
}

internal sealed class MutationRoot : ObjectGraphType
{
    public MutationRoot()
    {
        Name = "Mutation";
        Description = "What can be done. Each answers after the change is durable, and does not wait for a platform unless it is told to.";
        IdentityMutations.AddTo(this);
        GrantMutations.AddTo(this);
        ApprovalMutations.AddTo(this);
        ExceptionMutations.AddTo(this);
        BreakGlassMutations.AddTo(this);
        DriftMutations.AddTo(this);
        PlatformMutations.AddTo(this);
        PeopleMutations.AddTo(this);
        PolicyMutations.AddTo(this);
        RiskMutations.AddTo(this);
        this.GuardFields();
    }
}

internal sealed class SubscriptionRoot : ObjectGraphType
{
    public SubscriptionRoot()
    {
        Name = "Subscription";
        Description = "What happens. Each event carries a cursor from which a later subscription goes on without a gap or a duplicate.";
        DriftSubscriptions.AddTo(this);
        GrantSubscriptions.AddTo(this);
        ApprovalSubscriptions.AddTo(this);
        InboxSubscription.AddTo(this);
        this.GuardFields();
    }
}
