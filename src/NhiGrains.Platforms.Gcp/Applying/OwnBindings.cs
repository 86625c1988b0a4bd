using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>
/// The steps from a policy as it is to what is desired of one identity in it. They change the policy in place, and in it only what
/// is ours: bindings of others, their conditions and their members stay as they are.
/// </summary>
/// <remarks>
/// A generation is a text in a condition, which whoever may write the policy can forge. So what carries a newer one is left as it is
/// and holds up itself alone: nothing else of ours is kept from being taken away by it.
/// </remarks>
/// <param name="wanted">By its title or, without a condition, its role.</param>
/// <param name="usable">Whether a role gives exactly what it should: only then is a binding mended in place, and otherwise removed.</param>
internal sealed class OwnBindings(
    string project, string identityId, long generation, AccountEmail account, Place place,
    IReadOnlyDictionary<string, BindingBody> wanted, Func<BindingBody, bool> usable)
{
    public IReadOnlyDictionary<string, BindingBody> Wanted => wanted;

    /// <summary>Titles of bindings of ours that carry a newer generation, and were neither removed nor replaced.</summary>
    public SortedDictionary<string, long> Newer { get; } = new(StringComparer.Ordinal);

    /// <returns>Whether anything was changed.</returns>
    public bool TakeAway(Policy policy)
    {
        var (kept, changed, seen) = (new List<PolicyBinding>(), false, new HashSet<string>(StringComparer.Ordinal));
        foreach (var binding in policy.Bindings ?? [])
        {
            if (!IsOurs(binding) || IsNewer(binding))
            {
                kept.Add(binding);
                continue;
            }

            var want = wanted.GetValueOrDefault(TitleOf(binding));
            if (want is not null && (IsAs(binding, want) || usable(want)) && seen.Add(TitleOf(binding)))
            {
                changed |= Become(binding, want);
                kept.Add(binding);
                continue;
            }

            changed = true;
            if (WithoutUs(binding) is { } others)
                kept.Add(others);
        }

        policy.Bindings = kept;
        return changed;
    }

    /// <returns>Whether anything was missing.</returns>
    public bool Give(Policy policy)
    {
        policy.Bindings ??= [];
        var there = policy.Bindings.Where(IsOurs).Select(TitleOf).ToHashSet(StringComparer.Ordinal);
        var missing = wanted.Where(want => !there.Contains(want.Key)).ToArray();
        foreach (var (title, want) in missing)
        {
            if (want.Condition is null && policy.Bindings.FirstOrDefault(binding => binding.Condition is null && binding.Role == want.Role) is { } shared)
                shared.Members = [.. shared.Members ?? [], account.Member];
            else
                policy.Bindings.Add(new() { Role = want.Role, Members = [account.Member], Condition = Condition(title, want) });
        }

        return missing.Length > 0;
    }

    private bool IsOurs(PolicyBinding binding) =>
        Marker.IdentityOf(binding) == identityId
        || (!place.TakesConditions && binding.Condition is null && Marker.IsRoleOfOurs(binding.Role, project) && binding.Members?.Contains(account.Member) == true);

    private bool IsNewer(PolicyBinding binding)
    {
        if (Marker.GenerationOf(binding) is not { } newer || newer <= generation)
            return false;
        Newer[TitleOf(binding)] = newer;
        return true;
    }

    private static string TitleOf(PolicyBinding binding) => binding.Condition?.Title ?? binding.Role ?? "";

    private bool IsAs(PolicyBinding binding, BindingBody want) =>
        binding.Role == want.Role && binding.Condition?.Expression == want.Condition
        && (binding.Condition is null ? binding.Members?.Any(Snapshot.IsEverybody) != true : (binding.Members is [var only] && only == account.Member && Marker.GenerationOf(binding) is not null));

    private bool Become(PolicyBinding binding, BindingBody want)
    {
        if (IsAs(binding, want))
            return false;
        if (binding.Condition is null && want.Condition is null)
            binding.Members = [.. (binding.Members ?? []).Where(member => !Snapshot.IsEverybody(member))];
        else
            (binding.Role, binding.Members, binding.Condition) = (want.Role, [account.Member], Condition(TitleOf(binding), want));
        return true;
    }

    private Expr? Condition(string title, BindingBody want) =>
        want.Condition is null ? null : new() { Title = title, Description = Marker.Description(generation), Expression = want.Condition };

    /// <summary>A binding with our condition is ours as a whole; in one without, others may be as well, but not everybody.</summary>
    private PolicyBinding? WithoutUs(PolicyBinding binding)
    {
        if (binding.Condition is not null)
            return null;
        binding.Members = [.. (binding.Members ?? []).Where(member => member != account.Member && !Snapshot.IsEverybody(member))];
        return binding.Members.Count == 0 ? null : binding;
    }
}
