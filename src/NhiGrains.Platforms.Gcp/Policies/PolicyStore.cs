using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Policies;

/// <summary>Reads and writes the policy of any place, always as version 3 and with its etag: without them conditions of others are lost.</summary>
internal sealed class PolicyStore(GoogleServices google)
{
    private const int Version = 3;

    /// <exception cref="PlatformException">With <see cref="PlatformError.NotFound"/> when the place does not exist.</exception>
    public async Task<Policy> ReadAsync(Place place, CancellationToken cancellation)
    {
        var doing = $"read the policy of {place}";
        var policy = await (place.Kind switch
        {
            PlaceKind.Project => google.ResourceManager.GetPolicy(place.Name),
            PlaceKind.ServiceAccount => google.Iam.GetPolicy(place.Name),
            PlaceKind.Bucket => google.Storage.GetPolicy(place.BucketName),
            PlaceKind.Topic or PlaceKind.Subscription => google.Pubsub.GetPolicy(place.Name),
            PlaceKind.Secret => google.SecretManager.GetPolicy(place.Name),
            _ => google.Run.GetPolicy(place.Name),
        }).SendAsync(doing, cancellation);
        // Google gives an etag even to a policy that nobody has ever written, so an answer without one is no policy.
        if (policy.ETag is not { Length: > 0 } || policy.Bindings?.Any(binding => binding?.Role is null) == true)
            throw ApiFailures.Unavailable(doing, "the answer is no policy");
        return policy;
    }

    /// <summary>Waits until a policy may be written.</summary>
    public ValueTask TurnAsync(CancellationToken cancellation) => google.TurnAsync(cancellation);

    /// <summary>Writes in the turn that was waited for.</summary>
    /// <param name="lastCheck">Throws when it may not be sent any more.</param>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Conflict"/> when somebody else wrote since it was read.</exception>
    public Task WriteAsync(Place place, Policy policy, Action lastCheck, CancellationToken cancellation)
    {
        policy.Version = Version;
        return (place.Kind switch
        {
            PlaceKind.Project => google.ResourceManager.SetPolicy(place.Name, policy),
            PlaceKind.ServiceAccount => google.Iam.SetPolicy(place.Name, policy),
            PlaceKind.Bucket => google.Storage.SetPolicy(place.BucketName, policy),
            PlaceKind.Topic or PlaceKind.Subscription => google.Pubsub.SetPolicy(place.Name, policy),
            PlaceKind.Secret => google.SecretManager.SetPolicy(place.Name, policy),
            _ => google.Run.SetPolicy(place.Name, policy),
        }).WriteNowAsync($"write the policy of {place}", lastCheck, cancellation);
    }
}
