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
    : Grain, IRolloutShardGrain, IDisposable
{
    // Well above what one batch takes.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(10);

    /// <summary>Pieces that are removed at once, so that a call does not last too long.</summary>
    private const int RemovedAtOnce = 64;

    private Task _running = Task.CompletedTask;
    private readonly CancellationTokenSource _givenUp = new();
    private bool _isForgotten;

    private string Key => this.GetPrimaryKeyString();

    public Task<RolloutProgress> Run(RolloutOrder order)
    {
        if (state.State.EndedAt is null && _running.IsCompleted && !_isForgotten)
            _running = GoOn(order);
        return Get();
    }

    public async Task<RolloutProgress> GiveUp(RolloutOrder order)
    {
        await _givenUp.CancelAsync(); // Nobody waits for the next time to ask any more.
        return await Run(order);
    }

    public Task<RolloutProgress> Get() => Task.FromResult(state.State.Progress);

    public Task<IReadOnlyList<string>> Unanswered(int most) => Task.FromResult<IReadOnlyList<string>>(
        [.. state.State.Unanswered.Union(state.State.Untold, StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(most)]);

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

    public async Task<bool> Forget()
    {
        _isForgotten = true;
        await _givenUp.CancelAsync();
        await _running;
        // One may have been stored that the state does not know of, before a crash.
        var pieces = state.State.Pieces;
        var rest = Math.Max(0, pieces.Length + 1 - RemovedAtOnce);
        await Task.WhenAll(Enumerable.Range(rest, pieces.Length + 1 - rest).Select(number => Piece(number).Forget()));
        if (rest > 0)
        {
            await state.Save(state.State with { Pieces = pieces[..rest] }, this);
            return false;
        }

        await state.Clear(this);
        return true;
    }

    private async Task GoOn(RolloutOrder order)
    {
        await Task.Yield(); // So that the field is set before it is done.
        if (!work.TryBegin())
            return;
        try
        {
            var steps = new RolloutSteps(GrainFactory, order, RolloutKeys.ShardIn(Key).Shard, Piece, time, logger);
            while (state.State.EndedAt is null && !_isForgotten && !work.Stopping.IsCancellationRequested)
            {
                DelayDeactivation(KeepAlive);
                await state.Save(await Next(steps), this);
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

    private async Task<RolloutShardState> Next(RolloutSteps steps)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(work.Stopping, _givenUp.Token);
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            return await steps.Next(state.State, stop.Token);
        }
        catch (OperationCanceledException) when (_givenUp.IsCancellationRequested)
        {
            return state.State with { IsSuperseded = true, EndedAt = time.GetUtcNow() };
        }
    }

    public void Dispose() => _givenUp.Dispose();

    private IRolloutPieceGrain Piece(int number) => GrainFactory.GetGrain<IRolloutPieceGrain>(RolloutKeys.OfPiece(Key, number));
}
