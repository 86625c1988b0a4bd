using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>Creates service accounts for identities, and deletes those that it created.</summary>
internal sealed class Accounts(GcpPlatformOptions options, GoogleServices google)
{
    /// <summary>Why nothing can be given to what is there; null when it can.</summary>
    public static PlatformException? Problem(DesiredState desired, AccountEmail account, ServiceAccount? found) => found switch
    {
        null when desired.Binding.NativeId is { } lost => new(PlatformError.NotFound,
            $"The service account {account} that the identity is bound to ({lost}) no longer exists."),
        null when !desired.Binding.CreateIfMissing => new(PlatformError.NotFound, $"There is no service account {account}."),
        { } other when desired.Binding.NativeId is { } bound && other.UniqueId != bound => new(PlatformError.Rejected,
            $"The service account {account} is another one ({other.UniqueId}) than the identity is bound to ({bound}): it was deleted and created again. Offboard the identity, or bind a new one."),
        _ => null,
    };

    public async Task<ServiceAccount> CreateAsync(string identityId, AccountEmail account, Fence fence, CancellationToken cancellation)
    {
        if (!account.CanBeCreatedIn(options.ProjectId))
            throw new PlatformException(PlatformError.Rejected, $"'{account}' cannot be created: before the '@' there are 6 to 30 lower-case letters, digits and '-'.");
        return await google.Iam.CreateAccount(options.ProjectId, new()
        {
            AccountId = account.Id,
            ServiceAccount = new() { DisplayName = identityId, Description = Marker.AccountDescription(identityId) },
        }).WriteAsync($"create service account {account}", fence, cancellation);
    }

    /// <summary>
    /// Deletes an account of ours, disabled before: one that is restored within the 30 days in which Google allows that is then still
    /// disabled, and its old tokens with it. Its keys, which are of no use without it, go as well, or they would come back with it. Its
    /// access was taken away before. All of it by the id of the account that was found, since somebody may delete that and make another one
    /// under its address meanwhile.
    /// </summary>
    /// <returns>The id of the account when it stays, because it is not ours.</returns>
    public async Task<(string? NativeId, int Writes)> OffboardAsync(
        DesiredState desired, AccountEmail account, ServiceAccount? found, Fence fence, CancellationToken cancellation)
    {
        var ours = found is not null && Marker.IdentityOf(found) == desired.IdentityId && (desired.Binding.NativeId ?? found.UniqueId) == found.UniqueId;
        if (found is null || !ours)
            return (found?.UniqueId, 0);
        var (name, writes) = (found.LastingNameIn(options.ProjectId), 0);
        if (found.Disabled != true)
        {
            await google.Iam.DisableAccount(name).WriteIfThereAsync($"disable service account {account}", fence, cancellation);
            writes++;
        }

        foreach (var key in await KeyReader.ReadAsync(google, name, cancellation))
        {
            await google.Iam.DeleteKey($"{name}/keys/{key.Name?.Split('/')[^1]}").WriteIfThereAsync($"delete key {key.Name}", fence, cancellation);
            writes++;
        }

        await google.Iam.DeleteAccount(name).WriteIfThereAsync($"delete service account {account}", fence, cancellation);
        return (null, writes + 1);
    }
}
