using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Notifications;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;

namespace NhiGrains.GraphQL.Policies;

internal static class PolicyMutations
{
    public const int MaxWaitSeconds = 30;

    private const int MaxDocuments = 100;
    private const int MaxPath = 300;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static void AddTo(ObjectGraphType root)
    {
        root.Mutation<ApplyPolicySetInputType, ApplyPolicyInput, PolicySetSuccessType>(
            "applyPolicySet", "Checks a policy set, says what is different about it, and puts it in force.", Role.Admin, ApplyAsync);
        root.Mutation<RollbackPolicySetInputType, RollbackPolicyInput, PolicySetSuccessType>(
            "rollbackPolicySet", "Puts a version of the policy set in force again.", Role.Admin, RollBackAsync);
        root.Mutation<SimulatePolicySetInputType, SimulatePolicyInput, PolicySimulationSuccessType>(
            "simulatePolicySet", "Begins to look at what a policy set would take from identities, or what they would need, without doing it.", Role.Operator, SimulateAsync);
    }

    private static async Task<object> ApplyAsync(ApplyPolicyInput input, string key, IResolveFieldContext context)
    {
        var read = Read(context, input.Documents);
        if (read.Refusal is { } refusal)
            return refusal;
        if (read.Value.Set is not { } set)
            return new PolicySetSuccess(read.Value.Problems, null);
        var answer = await PolicySet(context).Apply(new PolicyOrder(key, context.Caller().Actor, input.Why, set)
        {
            ExpectedVersion = input.ExpectedVersion,
            DryRun = input.DryRun,
            OverrideLockout = input.OverrideLockout,
            Rollout = input.Rollout?.Plan ?? RolloutPlan.Leave,
        });
        // Which sinks there are is said in the settings, and not where sets are kept.
        var unheard = Notices.Unheard(set, context.Service<INotificationSender>().Sinks);
        return (object?)answer.Refusal ?? new PolicySetSuccess([], answer with { Warnings = [.. answer.Warnings, .. unheard] });
    }

    private static async Task<object> RollBackAsync(RollbackPolicyInput input, string key, IResolveFieldContext context)
    {
        var answer = await PolicySet(context).RollBack(new(key, context.Caller().Actor, input.Why, input.Version)
        {
            ExpectedVersion = input.ExpectedVersion,
            OverrideLockout = input.OverrideLockout,
            Rollout = input.Rollout?.Plan ?? RolloutPlan.Leave,
        });
        return (object?)answer.Refusal ?? new PolicySetSuccess([], answer);
    }

    private static async Task<object> SimulateAsync(SimulatePolicyInput input, string key, IResolveFieldContext context)
    {
        if (input.Check() is { } malformed)
            return malformed;
        Domain.Policies.PolicySet? set = null;
        if (input.Documents is not null)
        {
            var read = Read(context, input.Documents);
            if (read.Refusal is { } refusal)
                return refusal;
            if (read.Value.Set is null)
                return new PolicySimulationSuccess(read.Value.Problems, null, null);
            set = read.Value.Set;
        }

        var begun = await PolicySet(context).Simulate(new(key, context.Caller().Actor, set, input.Version));
        return begun.RolloutId is { } id
            ? new PolicySimulationSuccess([], begun.Diff, await UntilEndedAsync(context, id, TimeSpan.FromSeconds(input.WaitSeconds)))
            : begun.Refusal ?? throw new InvalidOperationException("A simulation answered neither an id nor a refusal.");
    }

    private static Result<PolicyDocumentsResult> Read(IResolveFieldContext context, IReadOnlyList<PolicyDocument> documents) =>
        documents.Count is 0 or > MaxDocuments || documents.Any(document => document.Path.Length is 0 or > MaxPath)
            ? new Refusal("INVALID_DOCUMENTS", $"A policy set is 1 to {MaxDocuments} documents, each with a path of at most {MaxPath} characters.", "Put several into one.", "documents")
            : context.Service<IPolicyDocuments>().Check(documents);

    private static async Task<RolloutView?> UntilEndedAsync(IResolveFieldContext context, string id, TimeSpan wait)
    {
        var (time, rollout) = (context.Time(), context.Grains().GetGrain<IPolicyRolloutGrain>(id));
        var since = time.GetTimestamp();
        var view = await rollout.Get();
        while (view is { Progress.Status: RolloutStatus.Running } && time.GetElapsedTime(since) < wait)
        {
            await Task.Delay(Pause, time, context.CancellationToken);
            view = await rollout.Get();
        }

        return view;
    }

    private static IPolicySetGrain PolicySet(IResolveFieldContext context) => context.Grains().GetGrain<IPolicySetGrain>(PolicyQueries.Main);
}
