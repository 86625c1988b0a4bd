using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>Removes one object because a person said so about exactly what was shown.</summary>
internal sealed class Remover(IIamApi api, PrincipalReader reader, Ourselves ourselves)
{
    public async Task RemoveAsync(PrincipalName name, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation)
    {
        var trusted = (await ourselves.KnowAsync(cancellation)).Arn;
        var state = await reader.ReadAsync(name, cancellation);
        var seen = ObservedObjects.Of(state, identityId, trusted).FirstOrDefault(seen => seen.Object.Kind == unwanted.Kind && seen.Object.Key == unwanted.Key);
        if (seen is null)
            return;
        if (seen.Object.Body != unwanted.Body)
            throw new PlatformException(PlatformError.Conflict, $"{unwanted.Kind} {unwanted.Key} is no longer as it was shown. Look at it again.");
        var writer = new Writer(api, fence, cancellation);
        string Last() => unwanted.Key[$"{name}/".Length..];
        await (unwanted.Kind switch
        {
            Packing.Kind => writer.DeletePolicyAsync(name, Last()),
            ObservedObjects.Attached => writer.DetachPolicyAsync(name, Last()),
            ObservedObjects.Key => writer.EndKeyAsync(name, Last()),
            Leaving.Kind => writer.DeleteAsync(name),
            Trust.Kind when seen.Ownership == Ownership.Ours => writer.UpdateTrustAsync(name, Trust.DocumentFor(trusted)),
            Trust.Kind => throw new PlatformException(PlatformError.Rejected, $"{name} is not ours, and only a digest is known of who could assume it before. Change its trust policy by hand, or accept the difference."),
            _ => throw new PlatformException(PlatformError.Rejected, $"{unwanted.Kind} {unwanted.Key} is not the principal's own, or reaches beyond it. Change it by hand."),
        });
    }
}
