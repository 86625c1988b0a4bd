using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Credentials;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Applying;

/// <summary>Ends the credentials of a principal that is wanted no more, and deletes it when it is ours.</summary>
/// <param name="lag">For how long something of ours that is deleted already may still keep it.</param>
internal sealed class Offboarder(PrincipalReader reader, GrantCredentials credentials, TimeSpan lag, TimeProvider time)
{
    /// <returns>The id of the principal when it stays: it is not ours, or what others put on it keeps it.</returns>
    public async Task<string?> OffboardAsync(DesiredState desired, IamPrincipal found, string trusted, Writer writer, CancellationToken cancellation)
    {
        var isBound = (desired.Binding.NativeId ?? found.Id) == found.Id;
        if (isBound)
            await credentials.EndAllAsync(found, desired.IdentityId, writer, cancellation);
        // Nothing of ours is in it any more, so who may assume it is no longer our business.
        if (isBound && Marker.IdentityOf(found) is null && found.Tags.ContainsKey(Trust.Tag))
            await writer.UntagAsync(found.Name, Trust.Tag);
        if (!isBound || Marker.IdentityOf(found) != desired.IdentityId)
            return found.Id;
        var ended = (await reader.InlineAsync(found.Name, policy => policy.StartsWith(Marker.PolicyPrefix(desired.IdentityId), StringComparison.Ordinal), cancellation))
            .Where(policy => Marker.EndedOf(policy.Name, PolicyText.IdOf(policy.Document)) is not null).ToArray();
        // As long as it is there, what others put on it is kept from sessions that were ended.
        if (ended.Length > 0 && await IsOthersAsync(desired.IdentityId, found, trusted, cancellation))
        {
            await StaysAsync(desired.IdentityId, found, trusted, "Cannot delete entity, others have put something on it.", writer, cancellation);
            return found.Id;
        }

        foreach (var policy in ended)
            await writer.DeletePolicyAsync(found.Name, policy.Name);
        try
        {
            await writer.DeleteAsync(found.Name);
            return null;
        }
        catch (PlatformException kept) when (kept.InnerException is DeleteConflictException conflict)
        {
            if (!await StaysAsync(desired.IdentityId, found, trusted, conflict.Message, writer, cancellation))
                throw;
            return found.Id;
        }
    }

    /// <summary>
    /// Marks it, so that it is shown as what is left. When nothing is seen that keeps it, that may be what we have just deleted
    /// ourselves, and only after a while something that we do not read.
    /// </summary>
    private async Task<bool> StaysAsync(string identityId, IamPrincipal found, string trusted, string reason, Writer writer, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var before = Leaving.Of(found);
        var since = before?.Since ?? now;
        var value = Leaving.Value(since, reason);
        if (found.Tags.GetValueOrDefault(Leaving.Tag) != value)
            await writer.TagAsync(found.Name, Leaving.Tag, value);
        // As long as it is there, whoever may assume it has what others put on it.
        if (found.TrustPolicy is { } trust && !Trust.IsFor(trust, trusted))
            await writer.UpdateTrustAsync(found.Name, Trust.DocumentFor(trusted));
        return now - since > lag || await IsOthersAsync(identityId, found, trusted, cancellation);
    }

    private async Task<bool> IsOthersAsync(string identityId, IamPrincipal found, string trusted, CancellationToken cancellation) =>
        ObservedObjects.Of(await reader.ReadAsync(found.Name, cancellation), identityId, trusted)
            .Any(seen => seen.Ownership == Ownership.Foreign && seen.Object.Kind != Leaving.Kind);
}
