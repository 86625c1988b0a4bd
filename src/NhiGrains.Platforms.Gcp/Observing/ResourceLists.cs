using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>Everything in the project that has a policy of its own and is looked after.</summary>
internal sealed class ResourceLists(GoogleServices google, GcpPlatformOptions options)
{
    public async Task<IReadOnlyList<Place>> AllAsync(CancellationToken cancellation)
    {
        var project = options.ProjectId;
        List<Task<IReadOnlyList<Place>>> lists = [];
        if (options.Services.Contains("storage", StringComparer.Ordinal))
            lists.Add(BucketsAsync(cancellation));
        if (options.Services.Contains("pubsub", StringComparer.Ordinal))
        {
            lists.Add(ListAsync<ListTopicsResponse>(PlaceKind.Topic, page => google.Pubsub.ListTopics(project, page), "list topics", cancellation));
            lists.Add(ListAsync<ListSubscriptionsResponse>(PlaceKind.Subscription, page => google.Pubsub.ListSubscriptions(project, page), "list subscriptions", cancellation));
        }

        if (options.Services.Contains("secretmanager", StringComparer.Ordinal))
            lists.Add(ListAsync<ListSecretsResponse>(PlaceKind.Secret, page => google.SecretManager.ListSecrets(project, page), "list secrets", cancellation));
        lists.AddRange(options.RunRegions.Select(region =>
            ListAsync<ListServicesResponse>(PlaceKind.RunService, page => google.Run.ListServices(project, region, page), $"list Cloud Run services in {region}", cancellation)));
        return [.. (await Task.WhenAll(lists)).SelectMany(list => list)];
    }

    private async Task<IReadOnlyList<Place>> BucketsAsync(CancellationToken cancellation)
    {
        const string doing = "list buckets";
        var listed = await GoogleServices.ListAsync<Buckets, Named>(page => google.Storage.ListBuckets(options.ProjectId, page), doing, cancellation);
        return [.. listed.Select(bucket => Place.Bucket(NameOf(bucket, doing)))];
    }

    private async Task<IReadOnlyList<Place>> ListAsync<TPage>(PlaceKind kind, Func<string?, GoogleRequest<TPage>> call, string doing, CancellationToken cancellation)
        where TPage : class, IPage<Named>
    {
        var listed = await GoogleServices.ListAsync<TPage, Named>(call, doing, cancellation);
        return [.. listed.Select(item => new Place(kind, InProject(NameOf(item, doing))))];
    }

    private static string NameOf(Named item, string doing) =>
        item?.Name is { Length: > 0 } name ? name : throw ApiFailures.Unavailable(doing, "one has no name");

    /// <summary>Secret Manager names the project by its number, wherever it is asked by its id.</summary>
    private string InProject(string name) =>
        name.Split('/', 3) is ["projects", _, var rest] ? $"projects/{options.ProjectId}/{rest}" : name;
}
