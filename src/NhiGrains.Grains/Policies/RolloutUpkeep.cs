using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Policies;

namespace NhiGrains.Grains.Policies;

/// <summary>What a policy set asks of its rollouts again and again. One that does not answer must not keep the others waiting.</summary>
internal sealed class RolloutUpkeep(IGrainFactory grains, ILogger logger)
{
    /// <summary>Sees to it that everything that is open goes on, or ends when it was given up.</summary>
    /// <returns>Those that have ended.</returns>
    public async Task<IReadOnlyList<RolloutView>> GoOn(PolicySetState state)
    {
        var views = await Task.WhenAll(state.Open.Select(order => GoOn(order, state.IsGivenUp(order))));
        return [.. views.OfType<RolloutView>().Where(view => view.Progress.Status != RolloutStatus.Running)];
    }

    /// <param name="withContent">Removes what its policy set says as well, unless that was in force once.</param>
    /// <returns>Whether all of it is gone.</returns>
    public async Task<bool> Remove(EndedRollout old, bool withContent)
    {
        try
        {
            if (!await grains.GetGrain<IPolicyRolloutGrain>(old.Id).Forget())
                return false;
            if (withContent)
                await grains.GetGrain<IPolicyVersionGrain>(old.Version).Forget();
            return true;
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "What rollout {Rollout} of policy set {Version} found could not be removed; it is tried again", old.Id, old.Version);
            return false;
        }
    }

    private async Task<RolloutView?> GoOn(RolloutOrder order, bool isGivenUp)
    {
        var rollout = grains.GetGrain<IPolicyRolloutGrain>(order.Id);
        try
        {
            return await (isGivenUp ? rollout.GiveUp(order) : rollout.Run(order));
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "Rollout {Rollout} of policy set {Version} does not answer; it is asked again", order.Id, order.Version);
            return null;
        }
    }
}
