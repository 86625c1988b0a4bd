using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;

namespace NhiGrains.Grains.Policies;

/// <summary>
/// What simulations and rollouts found is kept for a while after they ended (<see cref="RolloutRetention"/>) and then removed: first it is
/// said in the stored state that it is, so that nobody reads the half of it, and that it is gone after it is. Pure.
/// </summary>
internal static class OldRollouts
{
    /// <summary>Kept at once; with more, what ended first is removed before its time.</summary>
    public const int MostKept = 500;

    /// <summary>Ids that are known to have been removed.</summary>
    private const int Remembered = 500;

    public static PolicySetState WithEnded(this PolicySetState state, RolloutView ended, DateTimeOffset now) => state with
    {
        Ended = [.. state.Ended, new(ended.Order.Id, ended.Order.Version, ended.Order.IsSimulation, ended.Progress.EndedAt ?? now)],
    };

    /// <summary>With everything that is to be removed among what is being removed. The same instance when there is nothing new.</summary>
    public static PolicySetState WithoutOld(this PolicySetState state, DateTimeOffset now)
    {
        var kept = state.Ended.TakeLast(MostKept).Where(ended => now - ended.At < RolloutRetention.Of(ended.IsSimulation)).ToArray();
        return kept.Length == state.Ended.Length ? state : state with { Ended = kept, Removing = [.. state.Removing, .. state.Ended.Except(kept)] };
    }

    /// <summary>After it was removed.</summary>
    public static PolicySetState WithRemoved(this PolicySetState state, EndedRollout gone) => state with
    {
        Removing = [.. state.Removing.Where(one => one.Id != gone.Id)],
        Removed = [.. state.Removed.TakeLast(Remembered - 1), gone.Id],
    };

    public static bool IsRemoved(this PolicySetState state, string id) => state.Removed.Contains(id) || state.Removing.Any(one => one.Id == id);

    /// <summary>Whether what a version says is needed, by what is being removed not.</summary>
    public static bool Needs(this PolicySetState state, string version) =>
        state.InForce?.Version == version || state.Open.Any(open => open.Version == version) || state.Ended.Any(ended => ended.Version == version);

    public static Refusal Refusal(string id) =>
        new("POLICY_FINDINGS_REMOVED", $"What '{id}' found was removed: it ended too long ago.", "Simulate again, with a new idempotency key.", "idempotencyKey");
}
