namespace NhiGrains.Platforms.Gcp.Api;

internal sealed class CloudResourceManagerService(GoogleClient client) : GoogleService(client, "cloudresourcemanager", "cloudresourcemanager.googleapis.com")
{
    public GoogleRequest<Policy> GetPolicy(string project) =>
        Call<Policy>("projects.getIamPolicy", "POST", $"v3/{Escaped(project)}:getIamPolicy", new GetIamPolicyRequest());

    public GoogleRequest<Policy> SetPolicy(string project, Policy policy) =>
        Call<Policy>("projects.setIamPolicy", "POST", $"v3/{Escaped(project)}:setIamPolicy", new SetIamPolicyRequest { Policy = policy });
}

internal sealed class StorageService(GoogleClient client) : GoogleService(client, "storage", "storage.googleapis.com", "storage/v1/")
{
    private const int BucketsOnAPage = 1000;

    public GoogleRequest<Buckets> ListBuckets(string project, string? page) =>
        Call<Buckets>("buckets.list", "GET", Paged($"b?project={Uri.EscapeDataString(project)}", BucketsOnAPage, page, "maxResults"));

    public GoogleRequest<Policy> GetPolicy(string bucket) =>
        Call<Policy>("buckets.getIamPolicy", "GET", $"b/{Escaped(bucket)}/iam?optionsRequestedPolicyVersion=3");

    public GoogleRequest<Policy> SetPolicy(string bucket, Policy policy) =>
        Call<Policy>("buckets.setIamPolicy", "PUT", $"b/{Escaped(bucket)}/iam", policy);
}

/// <summary>What Pub/Sub, Secret Manager and Cloud Run have in common: the policy of a resource by its name.</summary>
internal abstract class ResourceService(GoogleClient client, string name, string host, string version) : GoogleService(client, name, host)
{
    protected const int OnAPage = 1000;

    public GoogleRequest<Policy> GetPolicy(string resource) =>
        Call<Policy>("getIamPolicy", "GET", $"{version}/{Escaped(resource)}:getIamPolicy?options.requestedPolicyVersion=3");

    public GoogleRequest<Policy> SetPolicy(string resource, Policy policy) =>
        Call<Policy>("setIamPolicy", "POST", $"{version}/{Escaped(resource)}:setIamPolicy", new SetIamPolicyRequest { Policy = policy });
}

internal sealed class PubsubService(GoogleClient client) : ResourceService(client, "pubsub", "pubsub.googleapis.com", "v1")
{
    public GoogleRequest<ListTopicsResponse> ListTopics(string project, string? page) =>
        Call<ListTopicsResponse>("projects.topics.list", "GET", Paged($"v1/projects/{Escaped(project)}/topics", OnAPage, page));

    public GoogleRequest<ListSubscriptionsResponse> ListSubscriptions(string project, string? page) =>
        Call<ListSubscriptionsResponse>("projects.subscriptions.list", "GET", Paged($"v1/projects/{Escaped(project)}/subscriptions", OnAPage, page));
}

internal sealed class SecretManagerService(GoogleClient client) : ResourceService(client, "secretmanager", "secretmanager.googleapis.com", "v1")
{
    public GoogleRequest<ListSecretsResponse> ListSecrets(string project, string? page) =>
        Call<ListSecretsResponse>("projects.secrets.list", "GET", Paged($"v1/projects/{Escaped(project)}/secrets", OnAPage, page));
}

internal sealed class CloudRunService(GoogleClient client) : ResourceService(client, "run", "run.googleapis.com", "v2")
{
    public GoogleRequest<ListServicesResponse> ListServices(string project, string region, string? page) =>
        Call<ListServicesResponse>("projects.locations.services.list", "GET", Paged($"v2/projects/{Escaped(project)}/locations/{Escaped(region)}/services", OnAPage, page));
}
