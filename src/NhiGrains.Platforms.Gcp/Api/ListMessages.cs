using Newtonsoft.Json;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>One page of a list. Google leaves an empty list out.</summary>
internal interface IPage<T>
{
    IList<T>? Items { get; }

    string? NextPageToken { get; }
}

internal sealed class ListServiceAccountsResponse : IPage<ServiceAccount>
{
    [JsonProperty("accounts")]
    public IList<ServiceAccount>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

internal sealed class ListRolesResponse : IPage<Role>
{
    [JsonProperty("roles")]
    public IList<Role>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

/// <summary>Anything that has a name.</summary>
internal sealed class Named
{
    [JsonProperty("name")]
    public string? Name { get; set; }
}

internal sealed class Buckets : IPage<Named>
{
    /// <summary>Always <c>storage#buckets</c>.</summary>
    [JsonProperty("kind")]
    public string? Kind { get; set; }

    [JsonProperty("items")]
    public IList<Named>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

internal sealed class ListTopicsResponse : IPage<Named>
{
    [JsonProperty("topics")]
    public IList<Named>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

internal sealed class ListSubscriptionsResponse : IPage<Named>
{
    [JsonProperty("subscriptions")]
    public IList<Named>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

internal sealed class ListSecretsResponse : IPage<Named>
{
    [JsonProperty("secrets")]
    public IList<Named>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

internal sealed class ListServicesResponse : IPage<Named>
{
    [JsonProperty("services")]
    public IList<Named>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}
