using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>Settles differences as a person says.</summary>
internal sealed class DriftResolver(EnforcementBook book, Enforcer enforcer, TimeProvider time)
{
    public async Task<ResolveAnswer> Resolve(DriftResolution resolution)
    {
        if (resolution.OfDigest is not null)
            return await AdoptAsSeen(resolution);
        var now = time.GetUtcNow();
        var chosen = Resolutions.Choose(book.State, resolution, now);
        if (chosen.Refusal is { } refusal)
            return new(refusal, null);
        if (resolution.Action == DriftAction.Revert)
            return await Revert(chosen.Value, resolution);
        await Accept(chosen.Value, resolution, now);
        return new(null, book.State.MoreDrift > 0 ? await enforcer.Look() : book.View);
    }

    // However much there is, and only what the person has seen.
    private async Task<ResolveAnswer> AdoptAsSeen(DriftResolution resolution)
    {
        if (Names.CheckReason(resolution.Reason) is { } tooLong)
            return new(tooLong, null);
        if (await book.Identity.GetDesired(book.Platform) is not { } order)
            return new(NotBound, null);
        try
        {
            var now = time.GetUtcNow();
            var seen = await new Convergence(enforcer.Connector, time).Read(order, book.State, CancellationToken.None);
            var foreign = seen.Verdict.Drift.Where(difference => difference is { Kind: DifferenceKind.Extra, Ownership: Ownership.Foreign }).ToArray();
            if (Reversal.DigestOf(foreign) != resolution.OfDigest)
                return new(new("PRINCIPAL_CHANGED", "The principal has something else by now.", "Look at it again, and decide anew.", "digest"), book.View);
            await Accept(DriftItems.Of(book.IdentityId, book.Platform, foreign, book.State, now), resolution, now);
            return new(null, await enforcer.Look());
        }
        catch (PlatformException fault)
        {
            return new(fault.AsRefusal("Look at the platform, and try again.", "platform"), book.View);
        }
    }

    private async Task<ResolveAnswer> Revert(IReadOnlyList<DriftItem> items, DriftResolution resolution)
    {
        var fence = new Fence(time, Fence.DefaultValidity);
        if (await book.Identity.GetDesired(book.Platform) is not { } order)
            return new(NotBound, null);
        try
        {
            await enforcer.During(order, fence, () => new Reversal(enforcer.Connector).Remove(items, order.Desired, book.State.Applied, fence));
        }
        catch (PlatformException fault)
        {
            return new(fault.AsRefusal("Look at the platform, and try again.", "drift"), book.View);
        }

        await enforcer.EnforceAnew(resolution.Actor, resolution.Reason);
        return new(null, book.View);
    }

    private Task Accept(IReadOnlyList<DriftItem> items, DriftResolution resolution, DateTimeOffset now) =>
        book.Settle(Resolutions.Accept(book.State, items, resolution, now), [], resolution.Actor, resolution.Reason, now);

    private Refusal NotBound => new("NOT_BOUND", $"The identity has no principal on {book.Platform}.", "Look at its bindings.", "platform");
}
