using GraphQL;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Platforms;

/// <summary>
/// An identity for a principal that had none. Three steps, each carried out once however often the whole is repeated: registered,
/// looked at, and what it has accepted.
/// </summary>
internal static class Adoption
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<object> RunAsync(AdoptInput input, string key, IResolveFieldContext context)
    {
        if ((PeopleOnly.Check(context) ?? PlatformQueries.CheckKnown(context, input.Platform)) is { } unknown)
            return unknown;
        var platform = await context.Loaders().Platforms.GetAsync(input.Platform);
        if (!await IsRegisteredAsync(input, context) && platform.Unmanaged.CheckSeen(input.Principal, input.Digest) is { } refusal)
            return refusal;
        var profile = new IdentityProfile(
            input.Kind, input.Owner, input.Environment, TagInputType.Map(input.Tags)!, [new(input.Platform, input.Principal)]); // Null only for null.
        var answer = await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, new IdentityCommand.RegisterIdentity(profile));
        if (answer.Refusal is not null)
            return answer.Refusal;
        var enforcement = context.Grains().GetGrain<IEnforcementGrain>(EnforcementKeys.Of(input.Platform, input.IdentityId));
        await context.Grains().GetGrain<IPlatformGrain>(input.Platform).Hint(input.Principal); // It belongs to somebody now.
        var view = await UntilLookedAtAsync(enforcement, context);
        return new AdoptSuccess(IdentityCommands.ViewOf(answer), await AcceptAsync(enforcement, view, input, key, context));
    }

    // A repeated call finds the principal no longer among those that belong to nobody.
    private static async Task<bool> IsRegisteredAsync(AdoptInput input, IResolveFieldContext context) =>
        Names.CheckIdentityId(input.IdentityId) is null
        && await context.Loaders().Identities.GetAsync(input.IdentityId) is { } view
        && view.Identity.Profile.Bindings.Any(binding => binding.Platform == input.Platform && binding.Principal == input.Principal);

    private static async Task<EnforcementView> UntilLookedAtAsync(IEnforcementGrain enforcement, IResolveFieldContext context)
    {
        var time = context.Time();
        var since = time.GetTimestamp();
        var view = await enforcement.Get();
        while (view.Status is EnforcementStatus.Pending or EnforcementStatus.Unknown && time.GetElapsedTime(since) < Patience)
        {
            await Task.Delay(Pause, time, context.CancellationToken);
            view = await enforcement.Get();
        }

        return view;
    }

    /// <summary>Only what it had when it was looked at: what came since is drift.</summary>
    private static async Task<bool> AcceptAsync(IEnforcementGrain enforcement, EnforcementView view, AdoptInput input, string key, IResolveFieldContext context)
    {
        if (view.Status is EnforcementStatus.Pending or EnforcementStatus.Unknown)
            return false;
        var resolution = new DriftResolution(context.Caller().Actor, input.Reason, DriftAction.Adopt, [], null, key) { OfDigest = input.Digest };
        return (await enforcement.ResolveDrift(resolution)).Refusal is null;
    }
}
