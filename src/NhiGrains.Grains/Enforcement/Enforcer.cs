using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>Attempts and looks of one identity on one platform, each with what it says for the book.</summary>
internal sealed class Enforcer(EnforcementBook book, PlatformRegistry platforms, TimeProvider time, ILogger logger)
{
    /// <exception cref="PlatformException">The platform was taken out of the settings while identities were bound there.</exception>
    public IPlatformConnector Connector => platforms.Find(book.Platform) is { IsOk: true } found
        ? found.Value
        : throw new PlatformException(PlatformError.Unavailable, $"{book.Platform} is not in the settings, so nothing there can be read or taken away. Put it back until every identity is gone from it.");

    /// <summary>Brings the platform to what is wanted. What fails is told, and tried again by the schedule.</summary>
    public async Task Enforce(EnforcementOrder order, Fence fence, string actor, string why)
    {
        EnforcementState next;
        IReadOnlyList<DriftItem> unnoticed = [];
        try
        {
            var attempt = await During(order, fence, () => new Convergence(Connector, time).Run(order, book.State, fence, CancellationToken.None));
            var now = time.GetUtcNow();
            unnoticed = DriftItems.Of(book.IdentityId, book.Platform, attempt.Unnoticed, book.State, now);
            next = book.State.With(attempt, order.Desired.Generation, now, Jitter());
        }
        catch (PlatformException fault)
        {
            next = book.State.With(fault, order.Desired, time.GetUtcNow(), Jitter());
            // Once for as long as it stays so: the state tells of each attempt.
            logger.Log(next.Message == book.State.Message ? LogLevel.Debug : LogLevel.Warning,
                "{Platform} for {Identity}: {Error}: {Message} Attempt {Attempt}, the next one at {RetryAt}",
                book.Platform, book.IdentityId, fault.Error, fault.Message, next.FailedAttempts, next.RetryAt);
        }

        await book.Settle(next, unnoticed, actor, why, time.GetUtcNow());
    }

    /// <summary>Something that may take longer than a fence is valid: the fence is renewed for as long as the order is what is wanted.</summary>
    public Task<T> During<T>(EnforcementOrder order, Fence fence, Func<Task<T>> what) =>
        new FenceKeeper(fence, () => IsStillWanted(order), time, logger).During(what);

    /// <summary>Reads and compares, and writes nothing unless what keeps a principal from going has changed.</summary>
    public async Task<EnforcementView> Look()
    {
        // While an attempt is owed nobody knows what should be there: the attempt itself will look.
        var order = book.State.IsSettled ? await book.Identity.GetDesired(book.Platform) : null;
        if (order is null || order.Desired.Generation != book.State.Generation)
            return book.View;
        try
        {
            var attempt = await new Convergence(Connector, time).Read(order, book.State, CancellationToken.None);
            if (book.State.IsKept && book.State.ObservedDigest != attempt.Observed.OwnDigest())
                await EnforceAnew(Actors.System, "what is left has changed"); // The look may have taken long.
            else
                await book.Settle(book.State.Seen(attempt, order.Desired.Generation, time.GetUtcNow(), Jitter()), [], Actors.System, "observed", time.GetUtcNow());
        }
        catch (PlatformException fault)
        {
            await book.Settle(book.State.With(fault, order.Desired, time.GetUtcNow(), Jitter()), [], Actors.System, fault.Message, time.GetUtcNow());
        }

        return book.View;
    }

    /// <summary>Enforces what is wanted by now.</summary>
    public async Task EnforceAnew(string actor, string why)
    {
        var fence = new Fence(time, Fence.DefaultValidity);
        if (await book.Identity.GetDesired(book.Platform) is { } order)
            await Enforce(order, fence, actor, why);
    }

    private async Task<bool> IsStillWanted(EnforcementOrder order) =>
        await book.Identity.GetDesired(book.Platform) is { } now && now.Desired.Generation == order.Desired.Generation;

    private static double Jitter() => Random.Shared.NextDouble();
}
