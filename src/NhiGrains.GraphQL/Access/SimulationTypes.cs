using GraphQL;
using GraphQL.Builders;
using GraphQL.Types;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Evidence;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Policies;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Access;

internal sealed record Simulation(string IdentityId, Decision Decision);

internal sealed record Plan(Decision Decision, IReadOnlyList<PlatformPlan> Platforms);

internal static class SimulationQueries
{
    public static void AddTo(ObjectGraphType root)
    {
        Asked(root.Field("simulateAccess", Of.One<ResultType<SimulationType>>()))
            .Description("Decides a request without doing it.")
            .ResolveAsync(async context => await SimulateAsync(context, (id, answer, decision) => new Simulation(id, decision)));
        Asked(root.Field("plan", Of.One<ResultType<PlanType>>()))
            .Description("What would be on each platform if the request were granted, without doing it. Empty when it would be denied.")
            .ResolveAsync(async context => await SimulateAsync(context, (_, answer, decision) => new Plan(decision, answer.Plans)));
    }

    private static FieldBuilder<object?, object> Asked(FieldBuilder<object?, object> field) => field
        .Argument(Of.Text, "identityId", argument => argument.Description = "For whom.")
        .Argument(Of.Many<EntitlementInputType>(), "entitlements", argument => argument.Description = "What for: 1 to 20.")
        .Argument(Of.Maybe<IntGraphType>(), "lifetimeSeconds", argument => argument.Description = "For how long; standing access (an intent) when left out.")
        .Argument(Of.Maybe<StringGraphType>(), "ticket", argument => argument.Description = "The number of a ticket, for rules that want one.")
        .Argument(Of.Maybe<BooleanGraphType>(), "breakGlass", argument => argument.Description = "As emergency access.")
        .Argument(Of.MaybeMany<EvidenceInputType>(), "evidence", argument => argument.Description = "What would show what the requester is: at most 5. It is verified, and not taken into use.")
        .For(Role.Requester | Role.Approver | Role.Operator, own: context => context.GetArgument<string>("identityId"));

    private static async Task<object> SimulateAsync(IResolveFieldContext context, Func<string, SimulationAnswer, Decision, object> result)
    {
        var id = context.GetArgument<string>("identityId");
        if (Names.CheckIdentityId(id) is { } refusal)
            return refusal;
        var lifetime = context.GetArgument<int?>("lifetimeSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var evidence = await EvidenceChecks.VerifyAsync(context, context.GetArgument<List<PresentedEvidence>?>("evidence") ?? []);
        if (evidence.Refusal is not null)
            return evidence.Refusal;
        var request = new SimulationRequest(context.GetArgument<List<Entitlement>>("entitlements"), lifetime)
        {
            Actor = context.Caller().Actor,
            Evidence = evidence.Value,
            Ticket = context.GetArgument<string?>("ticket"),
            BreakGlass = context.GetArgument<bool?>("breakGlass") ?? false,
        };
        var answer = await context.Grains().GetGrain<IIdentityGrain>(id).Simulate(request);
        return answer.Refusal ?? (answer.Decision is { } decision
            ? result(id, answer, decision)
            : throw new InvalidOperationException("A simulation answered neither a decision nor a refusal."));
    }
}

internal sealed class SimulationType : Described<Simulation>
{
    public SimulationType()
        : base("Simulation", "What the policy set in force would decide.")
    {
        Show("identityId", Of.Text, "For whom.", simulation => simulation.IdentityId);
        Show("decision", Of.One<DecisionType>(), "The decision, with reasons, matched rules, and what would be granted for how long.", simulation => simulation.Decision);
    }
}

internal sealed class PlanType : Described<Plan>
{
    public PlanType()
        : base("Plan", "What a request would come to on each platform.")
    {
        Show("decision", Of.One<DecisionType>(), "What policy would decide first.", plan => plan.Decision);
        Show("platforms", Of.Many<PlatformPlanType>(), "One for each platform that the request touches.", plan => plan.Platforms);
    }
}

internal sealed class PlatformPlanType : Described<PlatformPlan>
{
    public PlatformPlanType()
        : base("PlatformPlan", "The native objects of one platform.")
    {
        Show("platform", Of.Text, "The platform's id.", plan => plan.Platform);
        Fidelities.ShowOn(this, plan => plan.Translation.Fidelity);
        Show("objects", Of.Many<NativeObjectType>(), "What would be there, beside what the identity has already.", plan => plan.Translation.Objects);
    }
}

internal sealed class NativeObjectType : Described<NativeObject>
{
    public NativeObjectType()
        : base("NativeObject", "One object of a platform in canonical form.")
    {
        Show("kind", Of.Text, "The platform's word, for example 'RoleBinding'.", native => native.Kind);
        Show("key", Of.Text, "Unique with the kind on the platform, for example 'shop/nhi-billing'.", native => native.Key);
        Show("body", Of.Text, "What gives access.", native => native.Body);
    }
}
