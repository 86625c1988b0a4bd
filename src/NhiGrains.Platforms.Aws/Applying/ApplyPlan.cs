using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>A policy of ours that was written for a later desired state, or says so.</summary>
internal sealed record NewerPolicy(string Name, long Generation);

/// <summary>The steps from the inline policies that are there to those that are desired. Pure.</summary>
/// <remarks>
/// A generation stands in a document, which whoever may write inline policies can forge. So what carries a newer one is left as it
/// is and holds up itself alone: nothing else of ours is kept from being taken away by it.
/// </remarks>
/// <param name="Removals">Names of policies of ours that nothing wants, and of those whose sessions are long over.</param>
/// <param name="Replacements">What is there and has to become something else; one write takes away and gives.</param>
/// <param name="Occupied">Wanted names that a policy of somebody else has.</param>
/// <param name="GivingIsFenced">One of the newer is wanted, so what is wanted may be wanted no more.</param>
internal sealed record ApplyPlan(
    IReadOnlyList<string> Removals,
    IReadOnlyList<(string Name, NativeObject Wanted)> Replacements,
    IReadOnlyList<(string Name, NativeObject Wanted)> Creations,
    IReadOnlyList<string> Occupied,
    IReadOnlyList<NewerPolicy> Newer,
    bool GivingIsFenced)
{
    public static ApplyPlan Make(
        IReadOnlyList<InlinePolicy> found, DesiredState desired, PrincipalName principal, IReadOnlyList<NativeObject> wanted, DateTimeOffset now)
    {
        var byName = wanted.ToDictionary(want => NameOf(want, principal), StringComparer.Ordinal);
        var ours = found.Where(policy => ObservedObjects.IsOurs(policy, desired.IdentityId)).ToArray();
        var newer = ours
            .Select(policy => new NewerPolicy(policy.Name, ObservedObjects.GenerationOf(policy, desired.IdentityId) ?? 0))
            .Where(policy => policy.Generation > desired.Generation)
            .ToArray();
        var open = ours.Where(policy => newer.All(one => one.Name != policy.Name)).ToArray();
        var names = found.Select(policy => policy.Name).ToHashSet(StringComparer.Ordinal);
        return new(
            [.. open.Where(policy => !byName.ContainsKey(policy.Name)).Select(policy => policy.Name), .. found.Where(policy => IsOver(policy, desired.IdentityId, now)).Select(policy => policy.Name)],
            [.. open.Where(policy => byName.TryGetValue(policy.Name, out var want) && !IsRight(policy, want, desired)).Select(policy => (policy.Name, byName[policy.Name]))],
            [.. byName.Where(want => !names.Contains(want.Key)).Select(want => (want.Key, want.Value))],
            [.. byName.Keys.Where(name => names.Contains(name) && ours.All(policy => policy.Name != name))],
            newer,
            newer.Any(one => byName.ContainsKey(one.Name)));
    }

    /// <summary>Whether all the sessions that it was to end are over.</summary>
    public static bool IsOver(InlinePolicy policy, string identityId, DateTimeOffset now) =>
        Marker.EndedOf(policy.Name, PolicyText.IdOf(policy.Document)) is { } ended && ended.Identity == identityId && ended.Until < now;

    /// <exception cref="PlatformException">With <see cref="PlatformError.Fenced"/>, when something newer was left as it is.</exception>
    public void ThrowIfFenced(DesiredState desired)
    {
        if (Newer is [var newer, ..])
            throw Fenced(newer.Name, newer.Generation, desired);
    }

    public static PlatformException Fenced(string name, long generation, DesiredState desired) => new(PlatformError.Fenced,
        $"The inline policy {name} of {desired.Binding.Principal} carries generation {generation} of identity '{desired.IdentityId}', which is newer than {desired.Generation}. If it stays, somebody forged it: remove it.");

    /// <exception cref="PlatformException">The plan was not compiled for this principal.</exception>
    private static string NameOf(NativeObject wanted, PrincipalName principal) =>
        wanted.Kind == Packing.Kind && wanted.Key.StartsWith($"{principal}/", StringComparison.Ordinal)
            ? wanted.Key[$"{principal}/".Length..]
            : throw new PlatformException(PlatformError.Rejected, $"The plan for {wanted.Kind} {wanted.Key} was not compiled for {principal}.");

    private static bool IsRight(InlinePolicy have, NativeObject want, DesiredState desired) =>
        ObservedObjects.GenerationOf(have, desired.IdentityId) is not null && PolicyText.Shown(have.Document) == want.Body;
}
