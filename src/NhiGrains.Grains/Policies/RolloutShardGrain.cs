using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Policies;

namespace NhiGrains.Grains.Policies;

/// <summary>
/// Asks every identity of a catalog shard, some at a time. What it is about to do is stored before it is done, and doing it again is
/// harmless, so after a crash it goes on where it was.
/// </summary>
internal sealed class RolloutShardGrain(
    [PersistentState("policy-rollout-shard")] IPersistentState<RolloutShardState> state,
    TimeProvider time,
    BackgroundWork work,
    ILogger<RolloutShardGrain> logger)
    : Grain, IRolloutShardGrain
{
    // Well above what one batch takes.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(10);

    private Task _running = Task.CompletedTask;

    private string Key => this.GetPrimaryKeyString();

    public Task<RolloutProgress> Run(RolloutOrder order)
    {
        if (state.State.EndedAt is null && _running.IsCompleted)
            _running = GoOn(order);
        return Get();
    }

    public Task<RolloutProgress> Get() => Task.FromResult(state.State.Progress);

    public async Task<RolloutFindings> Findings(RolloutPlace after, int first)
    {
        var (found, places) = (new List<Domain.Policies.PolicyFinding>(), new List<RolloutPlace>());
        for (var (piece, index) = (after.Piece, after.Index); piece < state.State.Pieces.Length && found.Count < first; (piece, index) = (piece + 1, 0))
        {
            if (state.State.Pieces[piece] <= index)
                continue;
            var all = await Piece(piece).Get();
            for (; index < all.Count && found.Count < first; index++)
            {
                found.Add(all[index]);
                places.Add(new(after.Shard, piece, index + 1));
            }
        }

        return new(found, places, HasMore: false);
    }

    private async Task GoOn(RolloutOrder order)
    {
        await Task.Yield(); // So that the field is set before it is done.
        if (!work.TryBegin())
            return;
        try
        {
            var steps = new RolloutSteps(GrainFactory, order, RolloutKeys.ShardIn(Key).Shard, Piece, time, logger);
            while (state.State.EndedAt is null && !work.Stopping.IsCancellationRequested)
            {
                DelayDeactivation(KeepAlive);
                await state.Save(await steps.Next(state.State, work.Stopping), this);
            }
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "Rollout {Rollout} stopped; it goes on when it is asked again", Key);
        }
        finally
        {
            work.End();
        }
    }

    private IRolloutPieceGrain Piece(int number) => GrainFactory.GetGrain<IRolloutPieceGrain>(RolloutKeys.OfPiece(Key, number));
}
