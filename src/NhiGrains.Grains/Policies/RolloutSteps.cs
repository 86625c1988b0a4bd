using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Policies;

/// <summary>One step of a rollout after the other, each from what is stored to what is to be stored next.</summary>
/// <param name="piece">Where findings are kept, by number.</param>
internal sealed class RolloutSteps(IGrainFactory grains, RolloutOrder order, int shard, Func<int, IRolloutPieceGrain> piece, TimeProvider time, ILogger logger)
{
    /// <summary>Identities in a step.</summary>
    private const int Batch = 250;

    /// <summary>Of one shard, of which there are several.</summary>
    private const int AtOnce = 8;

    /// <summary>A simulation does not wait for ever for those that cannot be asked.</summary>
    private const int MaxRounds = 10;

    // Longer each time: one that never answers must not cost a write every second.
    private const int LongestPause = 30;

    public async Task<RolloutShardState> Next(RolloutShardState state, CancellationToken stopping) =>
        state.IsActing ? await Act(state, stopping)
        : !state.IsRead ? await Read(state, stopping)
        : state.Untold.Length > 0 ? await TellAgain(state, stopping)
        : state.Unanswered.Length == 0 ? state with { EndedAt = time.GetUtcNow() }
        : order.IsSimulation && state.Rounds >= MaxRounds ? state with { EndedAt = time.GetUtcNow() }
        : await AskAgain(state, stopping);

    private async Task<RolloutShardState> Read(RolloutShardState state, CancellationToken stopping)
    {
        var page = await grains.GetGrain<ICatalogShardGrain>(shard).Query(new(new(), CatalogOrder.Id, Descending: false, state.After, Batch));
        string[] ids = [.. page.Rows.Where(row => row.Status != IdentityStatus.Retired).Select(row => row.Id)];
        var next = await Look(state, ids, stopping);
        return next with
        {
            After = page.Rows is [.., var last] ? last.Id : state.After,
            IsRead = !page.HasMore,
            Total = page.TotalCount,
            Examined = next.Examined + page.Rows.Count - ids.Length,
        };
    }

    private async Task<RolloutShardState> AskAgain(RolloutShardState state, CancellationToken stopping)
    {
        await Pause(state, stopping);
        return await Look(state with { Unanswered = [.. state.Unanswered.Skip(Batch)], Rounds = state.Rounds + 1 }, [.. state.Unanswered.Take(Batch)], stopping);
    }

    // Looking changes nothing, so what is found is stored first; then those whom it is about are told.
    private async Task<RolloutShardState> Look(RolloutShardState state, string[] ids, CancellationToken stopping)
    {
        var (answers, unanswered) = await Ask(ids, RolloutMode.Leave, stopping);
        PolicyFinding[] found = [.. answers.OrderBy(answer => answer.Id, StringComparer.Ordinal).SelectMany(answer => answer.Answer.Findings)];
        var next = state with
        {
            Examined = state.Examined + answers.Count,
            Affected = state.Affected + answers.Count(answer => answer.Answer.Findings.Count > 0),
            Unanswered = [.. state.Unanswered, .. unanswered],
        };
        if (!order.IsSimulation)
        {
            // What has a time of grace for nothing any more is not found, and is told all the same.
            string[] telling = [.. answers.Where(answer => answer.Answer.Findings.Count > 0 || answer.Answer.HasGrace).Select(answer => answer.Id)];
            next = next with { Telling = telling, IsActing = telling.Length > 0 };
        }

        if (found.Length == 0)
            return next;
        await piece(state.Pieces.Length).Put(found);
        return next with { Pieces = [.. state.Pieces, found.Length] };
    }

    private async Task<RolloutShardState> Act(RolloutShardState state, CancellationToken stopping)
    {
        // A state of before this was kept has only what was found.
        IReadOnlyList<string> ids = state.Telling.Length > 0 ? state.Telling
            : [.. (await piece(state.Pieces.Length - 1).Get()).Select(one => one.IdentityId).Distinct(StringComparer.Ordinal)];
        return await Tell(state with { IsActing = false, Telling = [] }, ids, stopping);
    }

    private async Task<RolloutShardState> TellAgain(RolloutShardState state, CancellationToken stopping)
    {
        await Pause(state, stopping);
        return await Tell(state with { Rounds = state.Rounds + 1, Untold = [.. state.Untold.Skip(Batch)] }, [.. state.Untold.Take(Batch)], stopping);
    }

    private Task Pause(RolloutShardState state, CancellationToken stopping) =>
        Task.Delay(TimeSpan.FromSeconds(Math.Min(state.Rounds + 1, LongestPause)), time, stopping);

    private async Task<RolloutShardState> Tell(RolloutShardState state, IReadOnlyList<string> ids, CancellationToken stopping)
    {
        var (answers, unanswered) = await Ask(ids, order.Mode, stopping);
        return answers.Any(answer => answer.Answer.IsSuperseded)
            ? state with { IsSuperseded = true, EndedAt = time.GetUtcNow() }
            : state with { Untold = [.. state.Untold, .. unanswered] };
    }

    private async Task<(IReadOnlyList<(string Id, ReconsiderAnswer Answer)> Answers, IReadOnlyList<string> Unanswered)> Ask(
        IReadOnlyList<string> ids, RolloutMode mode, CancellationToken stopping)
    {
        var ask = new ReconsiderOrder(order.Version, mode, order.GraceUntil, order.Actor, order.Why);
        var (answers, unanswered) = (new List<(string, ReconsiderAnswer)>(), new List<string>());
        var waiting = new Queue<string>(ids);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (waiting.TryDequeue(out var id))
            {
                stopping.ThrowIfCancellationRequested();
                try
                {
                    answers.Add((id, await grains.GetGrain<IIdentityGrain>(id).Reconsider(ask)));
                }
                catch (Exception fault)
                {
                    // Its silo may have died a moment ago. It is counted, and asked again.
                    if (unanswered.Count == 0)
                        logger.LogWarning(fault, "Rollout {Rollout} could not ask {Identity}, and others perhaps; it asks again", order.Id, id);
                    unanswered.Add(id);
                }
            }
        }));
        return (answers, unanswered);
    }
}
