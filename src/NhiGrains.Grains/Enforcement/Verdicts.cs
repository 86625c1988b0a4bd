using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>What one attempt has found out.</summary>
/// <param name="Retry">Whether the attempt has to be repeated, because the platform is not there yet.</param>
/// <param name="Drift">What differs and was not ours to put right.</param>
internal sealed record Verdict(EnforcementStatus Status, string Message, bool Retry, IReadOnlyList<Difference> Drift, IReadOnlyList<string> Gone)
{
    /// <summary>Everything that is wanted was read back, whether or not the authorizer knows of it yet.</summary>
    public bool There { get; init; }
}

/// <summary>What was written, and what was read back then.</summary>
/// <param name="Applied">Null when something keeps a principal that is to go, which <paramref name="Kept"/> tells.</param>
internal sealed record ReadBack(Observation Observed, ApplyResult? Applied, PlatformException? Kept);

/// <summary>Judges what was read back: pure.</summary>
internal static class Verdicts
{
    /// <summary>After everything was written.</summary>
    public static Verdict AfterApply(DesiredState desired, CompiledPlan plan, ReadBack readBack, ProbeReport? probe, bool hadAccess)
    {
        var observed = readBack.Observed;
        var differences = Comparison.Compare(plan.Objects, observed);
        var ours = differences.Where(difference => difference.Ownership == Ownership.Ours).ToArray();
        var drift = differences.Except(ours).ToArray();
        var stillYes = probe?.Wrong.Where(wrong => !wrong.Expected).ToArray() ?? [];
        var ending = desired.EndingCredentials.Count > 0;
        // Nothing is said to be gone before it was read back as gone (promise 3).
        if (ours.Length > 0)
            return new(ending ? EnforcementStatus.Revoking : EnforcementStatus.Applied, $"Written, but not read back yet: {Names(ours)}.", true, drift, []);
        if (stillYes.Length > 0)
            return new(ending ? EnforcementStatus.Revoking : EnforcementStatus.Applied, $"The platform still says yes to: {Questions(stillYes)}.", true, drift, []);
        if (!desired.PrincipalWanted)
            return Left(desired, readBack, drift);
        var settled = Settled(desired, plan, observed, probe, hadAccess, drift);
        return settled with { Gone = desired.EndingCredentials, There = settled.Status != EnforcementStatus.Failed };
    }

    /// <summary>After a read alone, held against what the last complete attempt left.</summary>
    public static Verdict AfterRead(EnforcementState state, DesiredState desired, CompiledPlan plan, Observation observed, ProbeReport? probe)
    {
        var differences = Comparison.Compare(state.Applied, observed);
        var debris = differences.Where(difference => Debris.Is(difference, observed, state)).ToArray();
        // It is told all the same: whoever may write there can make it look like this.
        if (debris.Length > 0)
            return new(EnforcementStatus.Revoking, $"Ours and of an earlier generation, so it is put right: {Names(debris)}.", true, differences, state.Gone);
        return Settled(desired, plan, observed, probe, hadAccess: state.Status == EnforcementStatus.Revoked, [.. differences]) with { Gone = state.Gone };
    }

    // Whoever leaves has no access of ours by now. Another principal that was made under the name is not the one that leaves.
    private static Verdict Left(DesiredState desired, ReadBack readBack, Difference[] drift)
    {
        var there = readBack.Observed.PrincipalNativeId;
        var wasDeleted = readBack.Applied is { PrincipalNativeId: null } && there is not null && there == (desired.Binding.NativeId ?? there);
        var gone = desired.EndingCredentials;
        return wasDeleted
                ? new(EnforcementStatus.Revoking, $"The principal '{desired.Binding.Principal}' was deleted, but is still read back.", true, drift, gone)
            : readBack.Kept is { } kept
                ? new(EnforcementStatus.ManualActionRequired, $"Access is gone, and something that is not ours keeps the principal: {kept.Message}", false, drift, gone)
            : drift.Length > 0
                ? new(EnforcementStatus.ManualActionRequired, $"What is left is not ours, so its owner has to decide: {Names(drift)}.", false, drift, gone)
            : new(EnforcementStatus.Revoked, there is null ? "Read back: nothing is left." : "Read back: nothing is left but the principal, which is not ours to delete.", false, drift, gone);
    }

    private static Verdict Settled(
        DesiredState desired, CompiledPlan plan, Observation observed, ProbeReport? probe, bool hadAccess, Difference[] drift)
    {
        var notYet = probe?.Wrong.Where(wrong => wrong.Expected).ToArray() ?? [];
        return observed.PrincipalNativeId is { } seen && desired.Binding.NativeId is { } bound && seen != bound
                ? new(EnforcementStatus.Failed, $"The principal '{desired.Binding.Principal}' is not the one that was bound: it was created again.", true, drift, [])
            : desired.PrincipalWanted && observed.PrincipalNativeId is null && desired.Entitlements.Count > 0
                ? new(EnforcementStatus.Failed, $"The principal '{desired.Binding.Principal}' does not exist.", true, drift, [])
            : plan.Refusals.Count > 0
                ? new(EnforcementStatus.Failed, string.Join(' ', plan.Refusals.Select(refusal => refusal.Message)), false, drift, [])
            : drift.Length > 0 && !desired.PrincipalWanted
                ? new(EnforcementStatus.ManualActionRequired, $"What is left is not ours, so its owner has to decide: {Names(drift)}.", false, drift, [])
            : drift.Length > 0 ? new(EnforcementStatus.Drifted, $"{drift.Length} differences: {Names(drift)}.", false, drift, [])
            : notYet.Length > 0 ? new(EnforcementStatus.Applied, $"The platform does not say yes yet to: {Questions(notYet)}.", true, drift, [])
            : desired.Entitlements.Count == 0 && hadAccess ? new(EnforcementStatus.Revoked, "Read back: nothing is left.", false, drift, [])
            : plan.Objects.Count == 0 ? new(EnforcementStatus.Effective, "Nothing is wanted, and nothing is there.", false, drift, [])
            : probe is null ? new(EnforcementStatus.Applied, "Applied and read back; the platform has no authorizer to ask.", false, drift, [])
            : new(EnforcementStatus.Effective, $"Applied, read back, and {probe.Probes.Count} probes agree.", false, drift, []);
    }

    private static string Names(Difference[] differences) =>
        string.Join(", ", differences.Take(5).Select(difference => $"{difference.Kind} {difference.ObjectKind} {difference.Key}")) + More(differences.Length);

    private static string Questions(Probe[] probes) => string.Join(", ", probes.Take(5).Select(probe => probe.Question)) + More(probes.Length);

    private static string More(int count) => count > 5 ? $" and {count - 5} more" : "";
}
