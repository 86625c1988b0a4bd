using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>
/// Brings a principal to the desired policies. What takes access away is done first and in any case; what stands in the way of
/// giving access (no principal, another one under the name, somebody else's policy) stops only the giving.
/// </summary>
internal sealed class Applier(IIamApi api, PrincipalReader reader, Ourselves ourselves, Offboarder offboarder, TimeProvider time)
{
    public async Task<ApplyResult> ApplyAsync(DesiredState desired, Translation translation, Fence fence, CancellationToken cancellation)
    {
        if (translation.Fidelity is Fidelity.Refused refused)
            throw new PlatformException(PlatformError.Rejected, $"A refused plan cannot be applied: {refused.Why.Message}");
        var name = PrincipalName.Parse(desired.Binding.Principal);
        var trusted = (await ourselves.KnowAsync(cancellation)).Arn;
        var writer = new Writer(api, fence, cancellation);
        var found = await api.FindAsync(name, cancellation);
        var problem = PrincipalProblem(desired, name, found, trusted);
        // Access of ours that reaches another principal than the one it was decided for goes.
        var wanted = problem is null && desired.PrincipalWanted ? translation.Objects : [];
        var inline = found is null ? [] : await reader.InlineAsync(name, policy => policy.StartsWith(Marker.PolicyPrefix(desired.IdentityId), StringComparison.Ordinal), cancellation);
        var plan = ApplyPlan.Make(inline, desired, name, wanted, time.GetUtcNow());
        await TakeAwayAsync(plan, name, writer);
        await TrustAloneAsync(desired, found, trusted, writer);
        // The principal and its credentials carry no generation, so the policies that do speak for them.
        if (plan.GivingIsFenced || !desired.PrincipalWanted)
            plan.ThrowIfFenced(desired);
        if (!desired.PrincipalWanted)
            return new(found is null ? null : await offboarder.OffboardAsync(desired, found, trusted, writer, cancellation), writer.Writes);
        if (problem is not null && translation.Objects.Count > 0)
            throw problem;
        // It was to be deleted, and is wanted again.
        if (problem is null && found is not null && Marker.IdentityOf(found) == desired.IdentityId && Leaving.Of(found) is not null)
            await writer.UntagAsync(name, Leaving.Tag);
        if (problem is null)
            found ??= await writer.CreateAsync(name, desired.IdentityId, name.Kind == PrincipalKind.Role ? Trust.DocumentFor(trusted) : null);
        if (problem is null && wanted.Count > 0)
            await KnowTrustAsync(found, writer);
        await GiveAsync(plan, desired, name, writer, cancellation);
        plan.ThrowIfFenced(desired);
        return new(problem is null ? found?.Id : null, writer.Writes);
    }

    private static PlatformException? PrincipalProblem(DesiredState desired, PrincipalName name, IamPrincipal? found, string trusted) => found switch
    {
        null when desired.Binding.NativeId is { } lost => new(PlatformError.NotFound, $"{name} that the identity is bound to ({lost}) no longer exists."),
        null when !desired.Binding.CreateIfMissing => new(PlatformError.NotFound, $"There is no {name} in the account."),
        { } other when desired.Binding.NativeId is { } bound && other.Id != bound => new(PlatformError.Rejected,
            $"{name} is another one ({other.Id}) than the identity is bound to ({bound}): it was deleted and created again. Offboard the identity, or bind a new one."),
        // What it had, whoever reaches NhiGrains would have; and it could not be offboarded.
        { } ourselves when ourselves.Arn == trusted => new(PlatformError.Rejected, $"{name} is what NhiGrains itself runs as. Bind the identity to a principal of its own."),
        _ => null,
    };

    private static async Task TakeAwayAsync(ApplyPlan plan, PrincipalName name, Writer writer)
    {
        PlatformException? first = null;
        foreach (var unwanted in plan.Removals)
        {
            try
            {
                await writer.DeletePolicyAsync(name, unwanted);
            }
            catch (PlatformException failure)
            {
                // What goes wrong with one policy is no reason to leave another one standing.
                first ??= failure;
                if (failure.Error is PlatformError.Fenced or PlatformError.Throttled)
                    break;
            }
        }

        if (first is not null)
            throw first;
    }

    /// <summary>Somebody who may assume the role has what it has, so that is taken away as well.</summary>
    private static async Task TrustAloneAsync(DesiredState desired, IamPrincipal? found, string trusted, Writer writer)
    {
        if (desired.PrincipalWanted && found is { TrustPolicy: { } trust } && Marker.IdentityOf(found) == desired.IdentityId && !Trust.IsFor(trust, trusted))
            await writer.UpdateTrustAsync(found.Name, Trust.DocumentFor(trusted));
    }

    /// <summary>Of a role that is not ours: who may assume it from now on has what we give, so a change of that is worth telling.</summary>
    private static async Task KnowTrustAsync(IamPrincipal? found, Writer writer)
    {
        if (found is { TrustPolicy: { } trust } && Marker.IdentityOf(found) is null && !found.Tags.ContainsKey(Trust.Tag) && found.Tags.Count < Trust.MostTags)
            await writer.TagAsync(found.Name, Trust.Tag, Trust.DigestOf(trust));
    }

    private async Task GiveAsync(ApplyPlan plan, DesiredState desired, PrincipalName name, Writer writer, CancellationToken cancellation)
    {
        if (plan.Occupied is [var occupied, ..])
            throw new PlatformException(PlatformError.Rejected, $"There is an inline policy {occupied} of {name} that is not ours. Rename or remove it.");
        foreach (var (policy, wanted) in plan.Replacements.Concat(plan.Creations))
        {
            await writer.PutPolicyAsync(name, policy, PolicyText.WithId(wanted.Body, Marker.PolicyId(desired.IdentityId, desired.Generation)));
            // AWS knows no preconditions: somebody newer may have written in between, and then this one has lost or must be told.
            if (await api.FindPolicyAsync(name, policy, cancellation) is { } there && ObservedObjects.GenerationOf(there, desired.IdentityId) > desired.Generation)
                throw ApplyPlan.Fenced(policy, ObservedObjects.GenerationOf(there, desired.IdentityId) ?? 0, desired);
        }
    }
}
