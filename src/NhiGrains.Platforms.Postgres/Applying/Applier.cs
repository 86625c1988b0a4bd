using System.Globalization;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Brings the server to the desired memberships. What takes access away is done first and in any case; what stands in the way of
/// giving access (no principal, another role under its name, no such table) stops only the giving, and what carries a newer
/// generation stops the removal of itself alone.
/// </summary>
internal sealed class Applier(string platform, PostgresApi api, SnapshotReader snapshots, Leftovers leftovers)
{
    /// <summary>A set can be put aside between making and giving it, again and again while others come and go.</summary>
    private const int GivingAttempts = 5;

    public async Task<ApplyResult> ApplyAsync(DesiredState desired, Translation translation, Fence fence, CancellationToken cancellation)
    {
        if (translation.Fidelity is Fidelity.Refused refused)
            throw new PlatformException(PlatformError.Rejected, $"A refused plan cannot be applied: {refused.Why.Message}");
        var writer = new Writer(api, fence, cancellation);
        var state = await ReadAsync(desired, translation, cancellation);
        var problem = PrincipalProblem(desired, state.Principal);
        var left = state.Plan.Removals;
        var failure = await TakeAwayAsync(state, desired, writer, cancellation);
        if (left.Count > 0)
            state = await ReadAsync(desired, translation, cancellation);
        if (state.Plan.Taken.Count > 0)
            state = await EndSessionsAsync(desired, translation, state, writer, cancellation);
        if (failure is not null)
            throw failure;
        if (left.Count > 0 && state.Plan.Removals is [var still, ..])
            throw new PlatformException(PlatformError.AccessDenied, $"The membership in {still} is still there: the control plane's role may not take it away. Somebody made one of the roles a superuser.");
        if (state.Plan.GivingIsFenced || !desired.PrincipalWanted)
            state.Plan.ThrowIfFenced(desired);
        string? nativeId = null;
        if (!desired.PrincipalWanted)
            nativeId = await new Offboarder(platform, writer, cancellation).OffboardAsync(desired, state.Principal, state.Identity);
        else if (problem is not null && translation.Objects.Count > 0)
            throw problem;
        else if (problem is null)
            nativeId = await GiveAsync(desired, translation, state, writer, cancellation);
        await new SetCleaner(writer, platform, leftovers, cancellation).CleanAsync([.. left.Where(role => role.StartsWith(OwnNames.SetPrefix, StringComparison.Ordinal))]);
        state.Plan.ThrowIfFenced(desired);
        return new(nativeId, writer.Writes);
    }

    private async Task<State> ReadAsync(DesiredState desired, Translation translation, CancellationToken cancellation)
    {
        var name = OwnNames.Identity(platform, desired.IdentityId);
        // With the sets that are wanted: others may have made them already.
        var snapshot = await snapshots.ReadAsync([desired.Binding.Principal, name, .. translation.Objects.Select(wanted => wanted.Key)], cancellation);
        if (snapshot.Find(name) is { } occupied && ObservedObjects.IdentityRole(snapshot, name, desired.IdentityId) is null)
            throw new PlatformException(PlatformError.Rejected, $"There is a role {occupied.Name} that is not ours. Rename or remove it.");
        var (principal, identity) = (snapshot.Find(desired.Binding.Principal), snapshot.Find(name));
        // Access of ours that reaches another role than the one it was decided for goes.
        var wanted = PrincipalProblem(desired, principal) is null && desired.PrincipalWanted ? translation.Objects : [];
        return new(snapshot, principal, identity, ApplyPlan.Make(snapshot, desired, identity, wanted, snapshots.Databases));
    }

    /// <summary>The sessions of the principal, of the identity's logins and of whoever else is in either: each can have set a role that was taken away.</summary>
    private async Task<State> EndSessionsAsync(DesiredState desired, Translation translation, State state, Writer writer, CancellationToken cancellation)
    {
        // The one that the identity is bound to, though it was dropped, and another one under its name when that was taken out as well.
        var bound = uint.TryParse(desired.Binding.NativeId, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? desired.Binding.NativeId : null;
        var named = bound is null || state.Plan.Taken.Contains(state.Identity?.Name, StringComparer.Ordinal) ? NumberOf(state.Principal) : null;
        string?[] roles = [bound, named, NumberOf(state.Identity)];
        await new Sessions(writer, cancellation).EndAsync(desired.Binding.Principal, [.. roles.OfType<string>()]);
        await writer.WriteRolesAsync($"note that the sessions of {desired.Binding.Principal} have ended",
            new Memberships(platform, desired, state.Identity).Ended(state.Plan.Taken));
        // Who gives has to have seen the last comment.
        return state.Plan.NothingToGive ? state : await ReadAsync(desired, translation, cancellation);
    }

    private static string? NumberOf(RoleItem? role) => role is null ? null : Sql.Number(role.Oid);

    private static PlatformException? PrincipalProblem(DesiredState desired, RoleItem? found) => found switch
    {
        null when desired.Binding.NativeId is { } lost => new(PlatformError.NotFound,
            $"The role {desired.Binding.Principal} that the identity is bound to ({lost}) no longer exists."),
        null when !desired.Binding.CreateIfMissing => new(PlatformError.NotFound, $"There is no role {desired.Binding.Principal}."),
        { } other when desired.Binding.NativeId is { } bound && Sql.Number(other.Oid) != bound => new(PlatformError.Rejected,
            $"The role {other.Name} is another one ({Sql.Number(other.Oid)}) than the identity is bound to ({bound}): it was dropped and created again. Offboard the identity, or bind a new one."),
        { Inherits: false } => new(PlatformError.Rejected,
            $"The role {found.Name} is NOINHERIT, so memberships give it nothing. Alter it, or bind another."),
        _ => null,
    };

    /// <returns>What kept something from being taken away; null when nothing did.</returns>
    private async Task<PlatformException?> TakeAwayAsync(State state, DesiredState desired, Writer writer, CancellationToken cancellation)
    {
        PlatformException? first = null;
        async Task TryAsync(Task step)
        {
            try
            {
                await step;
            }
            catch (PlatformException failure) when (failure.Error is PlatformError.Rejected or PlatformError.AccessDenied or PlatformError.NotFound)
            {
                // What cannot be done with one role is no reason to leave access standing by another.
                first ??= failure;
            }
        }

        if (state.Plan.Removals.Count > 0)
        {
            await TryAsync(writer.WriteRolesAsync($"take memberships from {desired.Binding.Principal}",
                new Memberships(platform, desired, state.Identity).TakeAway(state.Plan.Removals)));
        }

        var mender = new SetMender(writer, state.Snapshot, cancellation);
        foreach (var (set, keeps) in state.Plan.TooWide)
            await TryAsync(mender.NarrowAsync(set, keeps));
        return first;
    }

    private async Task<string?> GiveAsync(DesiredState desired, Translation translation, State state, Writer writer, CancellationToken cancellation)
    {
        for (var attempt = 1; state.Principal is null || !state.Plan.NothingToGive; attempt++)
        {
            try
            {
                await GiveOnceAsync(desired, state, writer);
                break;
            }
            catch (PlatformException conflict) when (conflict.Error == PlatformError.Conflict && attempt < GivingAttempts)
            {
                state = await ReadAsync(desired, translation, cancellation);
            }
        }

        return NumberOf(state.Principal ?? (await ReadAsync(desired, translation, cancellation)).Principal);
    }

    private async Task GiveOnceAsync(DesiredState desired, State state, Writer writer)
    {
        if (state.Plan.GivingIsFenced)
            state.Plan.ThrowIfFenced(desired);
        var perDatabase = state.Plan.ToEnsure.GroupBy(permission => permission.Database, StringComparer.Ordinal);
        foreach (var permissions in perDatabase)
        {
            // In one order, so that two of these cannot wait for each other.
            await writer.WriteAsync(permissions.Key, $"give {desired.Binding.Principal} access",
                permissions.OrderBy(permission => permission.Object, StringComparer.Ordinal).SelectMany(permission => Grants.Ensure(platform, permission)));
        }

        if (state.Plan.Additions.Count > 0 || state.Principal is null)
        {
            await writer.WriteRolesAsync($"give {desired.Binding.Principal} memberships",
                new Memberships(platform, desired, state.Identity).Give(state.Plan.Additions, state.Principal));
        }
    }

    private sealed record State(RoleSnapshot Snapshot, RoleItem? Principal, RoleItem? Identity, ApplyPlan Plan);
}
