using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.People;

/// <summary>
/// Tells every identity of a person that the person has left, or has come back: page by page through the catalog, whose place is
/// stored, so that it goes on there after a crash. An identity that does not answer holds nobody up and is asked again. What is told
/// twice changes nothing.
/// </summary>
internal sealed class OwnershipReviews(DirectoryBook book, IGrainFactory grains, BackgroundWork work, TimeProvider time, ILogger<DirectoryGrain> logger)
{
    private const int PageSize = 50;

    /// <summary>With so many that did not answer a review stays where it is until some have.</summary>
    private const int MaxUnanswered = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private bool _isRunning;

    /// <summary>Goes on with everything that is open. What fails is tried again by the next call.</summary>
    public async Task GoOn(CancellationToken stopped)
    {
        if (_isRunning || book.Stored.Open.Length == 0)
            return;
        _isRunning = true;
        try
        {
            foreach (var open in book.Stored.Open)
                await Walk(open, stopped);
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "Not every identity was told yet who has departed; it is tried again");
        }
        finally
        {
            _isRunning = false;
        }
    }

    private async Task Walk(OpenReview review, CancellationToken stopped)
    {
        var next = review;
        while (next is not null && !stopped.IsCancellationRequested && work.TryBegin())
        {
            try
            {
                next = next.Shard < Shards.Count && next.Unanswered.Length < MaxUnanswered ? await Page(next) : await AskAgain(next);
            }
            finally
            {
                work.End();
            }
        }
    }

    /// <returns>Where to go on; null when another review has taken its place.</returns>
    private async Task<OpenReview?> Page(OpenReview review)
    {
        var page = await grains.GetGrain<ICatalogShardGrain>(review.Shard)
            .Query(new(new(OwnerPerson: review.Person), CatalogOrder.Id, Descending: false, review.After, PageSize));
        var left = await Tell(review, page.Rows.Where(row => row.Status != IdentityStatus.Retired).Select(row => row.Id));
        var next = review with
        {
            Shard = page.HasMore ? review.Shard : review.Shard + 1,
            After = page.HasMore ? CatalogOrders.KeyOf(CatalogOrder.Id, page.Rows[^1]) : null,
            Unanswered = [.. review.Unanswered.Union(left, StringComparer.Ordinal)],
        };
        // Where nobody was told anything there is nothing to go on behind.
        if (page.Rows.Count > 0)
            await book.Update(state => state.With(next));
        return book.Stored.Has(review) ? next : null;
    }

    /// <returns>Null when all have answered, or when it is time to wait.</returns>
    private async Task<OpenReview?> AskAgain(OpenReview review)
    {
        var next = review with { Unanswered = await Tell(review, review.Unanswered) };
        var isOver = next.Unanswered.Length == 0 && next.Shard >= Shards.Count;
        if (isOver || IsNews(next))
            await book.Update(state => isOver ? state.Without(next) : state.With(next));
        return !isOver && next.Unanswered.Length == 0 && book.Stored.Has(review) ? next : null;
    }

    private bool IsNews(OpenReview review) =>
        book.Stored.Open.Any(open => open.Id == review.Id && (open.Shard, open.After, open.Unanswered.Length) != (review.Shard, review.After, review.Unanswered.Length));

    /// <returns>Those that did not answer.</returns>
    private async Task<string[]> Tell(OpenReview review, IEnumerable<string> identities)
    {
        // Who was frozen must not say that somebody is back who has left meanwhile.
        var known = await book.Confirmed();
        IdentityCommand command = known.People.DepartureOf(review.Person) is null
            ? new IdentityCommand.OwnerReturned(review.Person)
            : new IdentityCommand.OwnerDeparted(review.Person);
        var told = await Task.WhenAll(identities.Select(async id => (Id: id, IsTold: await TryTell(id, new("review-" + review.Id, review.Actor, command)))));
        return [.. told.Where(one => !one.IsTold).Select(one => one.Id)];
    }

    private async Task<bool> TryTell(string identityId, CommandEnvelope envelope)
    {
        try
        {
            var answer = await grains.GetGrain<IIdentityGrain>(identityId).Execute(envelope).WaitAsync(Patience, time);
            if (answer.Refusal is { Code: not "UNKNOWN_IDENTITY" } refusal)
                logger.LogWarning("Identity {Identity} did not take note of its owner: {Refusal}", identityId, refusal.Code);
            return answer.Refusal is null or { Code: "UNKNOWN_IDENTITY" }; // A row without an identity has nothing to be told.
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "Identity {Identity} could not be told of its owner; it is asked again", identityId);
            return false;
        }
    }
}
